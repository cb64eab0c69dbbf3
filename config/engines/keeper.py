"""The engines' parent: starts them, starts again what dies, and stops them when nobody holds them any more.

One process per home, in a session of its own. It outlives whoever started it, so that `manage.py shell` keeps its
database when `make run` beside it ends; a holder that is killed counts as gone, because its lock is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.engines.account import engine_account
from config.engines.children import Wakeup
from config.engines.errors import EngineError
from config.engines.home import Layout, cannot_write, require_space
from config.engines.locks import FileLock
from config.engines.postgres import PostgresEngine
from config.engines.programs import programs_for
from config.engines.redis_server import RedisEngine

START_TIMEOUT_S = 60.0  # a crashed PostgreSQL replays its log first
STOP_TIMEOUT_S = 4.0
LOOK_FOR_HOLDERS_S = 1.0
BACKOFF_S = (0.2, 10.0)


class Engine(Protocol):
    """A server that the keeper keeps."""

    @property
    def name(self) -> str: ...
    @property
    def stop_signals(self) -> Sequence[signal.Signals]: ...
    def prepare(self) -> None: ...
    def start(self) -> subprocess.Popen[bytes]: ...
    def answers(self) -> bool: ...
    def set_up(self) -> None: ...
    def last_words(self) -> str: ...


@dataclass
class Kept:
    """An engine and its process."""

    engine: Engine
    process: subprocess.Popen[bytes]
    backoff_s: float = BACKOFF_S[0]
    again_at: float | None = field(default=None)

    @classmethod
    def started(cls, engine: Engine) -> Kept:
        """Start `engine` and wait until it answers.

        Raises:
            EngineError: it ended, or does not answer in time; with its last words.
        """
        engine.prepare()
        kept = cls(engine, engine.start())
        deadline = time.monotonic() + START_TIMEOUT_S
        while not engine.answers():
            if kept.process.poll() is not None or time.monotonic() > deadline:
                kept.stop()
                raise EngineError(f"{engine.name} did not start. It said:\n{engine.last_words()}")
            time.sleep(0.02)
        engine.set_up()
        return kept

    def tend(self) -> None:
        """Start the engine again if it died, ever more slowly while it keeps dying."""
        if self.process.poll() is None:
            if self.again_at is not None and self.engine.answers():
                self.again_at, self.backoff_s = None, BACKOFF_S[0]
            return
        now = time.monotonic()
        if self.again_at is None:
            self.again_at = now
        if now < self.again_at:
            return
        _log(f"{self.engine.name} ended ({self.process.returncode}); starting it again.")
        try:
            self.engine.prepare()
            self.process = self.engine.start()
        except (EngineError, OSError) as error:
            _log(str(error))
        self.again_at, self.backoff_s = now + self.backoff_s, min(self.backoff_s * 2, BACKOFF_S[1])

    def stop(self) -> None:
        """Stop the engine, politely first. A stopped (SIGSTOP) process is woken to hear it."""
        for number in (*self.engine.stop_signals, signal.SIGKILL):
            if self.process.poll() is not None:
                return
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                _log(f"{self.engine.name} did not stop on {number.name}.")


def start_engines(home: Path, wanted: Sequence[str]) -> list[Kept]:
    """Start the `wanted` engines ("postgres", "redis") of `home`; all of them, or none and an EngineError."""
    layout = Layout(home)
    first = not layout.postgres.exists()
    require_space(home, first_start=first)
    account = engine_account(layout.postgres, os.environ)
    programs = programs_for(account)
    if layout.sockets:
        account.own(layout.sockets)
    engines: dict[str, Engine] = {
        "postgres": PostgresEngine(layout, programs.postgres, account),
        "redis": RedisEngine(layout, programs.redis_server, account),
    }
    running = []
    with contextlib.ExitStack() as undo:
        for name in wanted:
            kept = Kept.started(engines[name])
            undo.callback(kept.stop)
            running.append(kept)
        undo.pop_all()
    return running


def keep(engines: Sequence[Kept], holders: FileLock, wakeup: Wakeup) -> None:
    """Tend the engines until a stop signal, or until nobody holds them; then stop them."""
    while not wakeup.caught & {signal.SIGTERM, signal.SIGINT}:
        wakeup.wait(LOOK_FOR_HOLDERS_S)
        if holders.take():
            break
        for kept in engines:
            kept.tend()
    for kept in engines:
        kept.stop()


def main(home: Path, wanted: Sequence[str]) -> int:
    """Run the keeper. Its starter reads one line from standard output: "ready", or what is wrong."""
    layout = Layout(home)
    wakeup = Wakeup(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
    with FileLock(layout.run / "keeper.lock") as mine, FileLock(layout.run / "holders.lock") as holders:
        if not mine.take():
            sys.stdout.write("The engines of this home are already kept by another process.\n")
            return 1
        mine.write(" ".join([str(os.getpid()), *wanted]))
        try:
            engines = start_engines(home, wanted)
        except EngineError as error:
            sys.stdout.write(str(error))
            return 1
        except OSError as error:
            sys.stdout.write(cannot_write(Path(error.filename or home), error))
            return 1
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        keep(engines, holders, wakeup)
        if layout.sockets:
            with contextlib.suppress(OSError):  # an engine that was killed left its socket in it
                layout.sockets.rmdir()
    return 0


def _log(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
