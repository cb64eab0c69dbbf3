"""How a process gets the embedded engines: attach to the ones that run, or have them started; and let go."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.engines.errors import EngineError
from config.engines.home import PROJECT, EngineUrls, Layout, cannot_write, prepare_home, resolve
from config.engines.locks import POLL_S, FileLock
from config.engines.postgres import postgres_answers
from config.engines.redis_server import redis_answers

# Engines that are stopping, or a start that replays a crashed database's log, are waited for.
WAIT_S = 90.0
RELEASE_S = 10.0

_held: dict[Path, FileLock] = {}
_started: dict[Path, subprocess.Popen[bytes]] = {}


def ensure_running(home: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Start or attach to the engines of `home`, and hold them until this process ends.

    Does nothing when DATABASE_URL and REDIS_URL are both set.

    Raises:
        EngineError: an engine cannot run; the text says why and what to do.
    """
    home = home.absolute()
    if home in _held or not (wanted := _wanted(environ)):
        return
    _held[home] = _hold(Layout(home), wanted)
    atexit.register(release, home)


def release(home: Path) -> None:
    """Let go of the engines of `home`. The last one out stops them, and returns when they have stopped."""
    home = home.absolute()
    holders = _held.pop(home, None)
    if holders is None:
        return
    keeper = _started.pop(home, None)
    with holders:
        last = holders.take()  # else others hold them, or the keeper noticed first and is stopping them
        if last:
            _stop_keeper(Layout(home))
    if keeper is not None:
        if last:
            keeper.wait(RELEASE_S)
        keeper.returncode = keeper.returncode or 0  # it outlives us on purpose


@contextlib.contextmanager
def running_engines(home: Path, environ: Mapping[str, str] = os.environ) -> Iterator[EngineUrls]:
    """Have the engines of `home` for the length of a block."""
    ensure_running(home, environ)
    try:
        yield resolve(home, environ)
    finally:
        release(home)


def _wanted(environ: Mapping[str, str]) -> list[str]:
    engines = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return [engine for engine, variable in engines.items() if not environ.get(variable)]


def _hold(layout: Layout, wanted: list[str]) -> FileLock:
    prepare_home(layout.home)
    try:
        for folder in (layout.run, layout.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
        holders = FileLock(layout.run / "holders.lock")
        start = FileLock(layout.run / "start.lock")
    except OSError as error:
        raise EngineError(cannot_write(layout.home, error)) from error
    try:
        with start:
            if not holders.wait(WAIT_S, shared=True) or not start.wait(WAIT_S):
                raise EngineError(f"The engines of {layout.home} are being started or stopped for {WAIT_S:.0f} s now.")
            if _keeper_is_gone(layout):
                _start_keeper(layout, wanted)
            _require_answers(layout, wanted)
    except BaseException:
        holders.close()
        raise
    return holders


def _keeper_is_gone(layout: Layout) -> bool:
    with FileLock(layout.run / "keeper.lock") as keeper:
        return keeper.take()


def _start_keeper(layout: Layout, wanted: list[str]) -> None:
    with (layout.logs / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "config.engines.keeper", str(layout.home), *wanted],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert keeper.stdout is not None
    with keeper.stdout:
        first = keeper.stdout.readline().decode()
        if first.strip() != "ready":
            text = (first + keeper.stdout.read().decode()).strip()
            keeper.wait()
            raise EngineError(text or f"The engines did not start; {layout.logs / 'keeper.log'} says why.")
    _started[layout.home] = keeper


def _require_answers(layout: Layout, wanted: list[str]) -> None:
    """Refuse a keeper that keeps fewer engines than we need, and wait for one that it is starting again."""
    with FileLock(layout.run / "keeper.lock") as keeper:
        _, *kept = keeper.read().split()
    for engine in wanted:
        if engine not in kept:
            raise EngineError(
                f"The engines of {layout.home} run without {engine}: whoever started them had a URL for it. "
                "Set the same one here, or stop that one first."
            )
    answers = {"postgres": postgres_answers, "redis": redis_answers}
    deadline = time.monotonic() + WAIT_S
    while not all(answers[engine](layout) for engine in wanted):
        if time.monotonic() > deadline:
            raise EngineError(f"The engines of {layout.home} do not answer; {layout.logs} holds what they say.")
        time.sleep(POLL_S)


def _stop_keeper(layout: Layout) -> None:
    """Stop the keeper while we hold everyone else off, and wait until it has gone."""
    with FileLock(layout.run / "keeper.lock") as keeper:
        if keeper.take():
            return
        with contextlib.suppress(IndexError, ProcessLookupError):
            os.kill(int(keeper.read().split()[0]), signal.SIGTERM)
        keeper.wait(RELEASE_S)
