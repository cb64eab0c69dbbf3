"""The embedded Redis: broker, channel layer and cache on a unix socket."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import redis

from config.engines.account import Account
from config.engines.children import dies_with_parent
from config.engines.home import Layout

MAX_MEMORY = "256mb"


@dataclass(frozen=True)
class RedisEngine:
    """One server, with its snapshot in `layout.redis`."""

    name: ClassVar[str] = "Redis"
    stop_signals: ClassVar[tuple[signal.Signals, ...]] = (signal.SIGTERM,)  # saves, then leaves

    layout: Layout
    program: Path
    account: Account

    @property
    def log(self) -> Path:
        return self.layout.logs / "redis.log"

    def prepare(self) -> None:
        self.account.own(self.layout.redis)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server in a session of its own: a terminal's Ctrl-C is for the supervisor."""
        options = {
            "port": "0",
            # Relative to its folder, where the server always is.
            "unixsocket": str(self.layout.redis_socket if self.layout.sockets else self.layout.redis_socket.name),
            "unixsocketperm": "700",
            "dir": ".",
            # PostgreSQL is the truth. A snapshot a minute and one at the end lose at most what is sent again anyway,
            # and unlike a log it is never found half-written.
            "save": "60 1",
            "appendonly": "no",
            # A full disk must not stop alerts.
            "stop-writes-on-bgsave-error": "no",
            # Only what has a time to live (cache, channel messages) may be dropped; a job is refused, not lost.
            "maxmemory": MAX_MEMORY,
            "maxmemory-policy": "volatile-lru",
            "loglevel": "warning",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", *_words(name, value))]
        with self.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603
                [self.program, *arguments],
                cwd=self.layout.redis,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
                **self.account.run_as,
            )

    def answers(self) -> bool:
        return redis_answers(self.layout)

    def set_up(self) -> None:
        """Nothing to create."""

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-4:])


def redis_answers(layout: Layout) -> bool:
    client = redis.Redis(unix_socket_path=str(layout.redis_socket), socket_timeout=5)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _words(name: str, value: str) -> list[str]:
    """Split what Redis takes as several words; a path with spaces is one."""
    return value.split() if name == "save" else [value]
