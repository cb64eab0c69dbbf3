"""Wait for a condition with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from detection.sources import LiveSource, SourceState


def wait_until(condition: Callable[[], bool], what: str | Callable[[], str], timeout_s: float = 20.0) -> None:
    """Return once condition holds; fail the test naming what was waited for after timeout_s."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout_s:g} s still not: {what if isinstance(what, str) else what()}")
        pause.wait(0.02)


def wait_for_status(source: LiveSource, status: str, timeout_s: float = 20.0) -> SourceState:
    """Return the state in which source first showed status."""
    seen: list[SourceState] = []

    def reached() -> bool:
        seen.append(source.state)
        return seen[-1].status == status

    wait_until(reached, lambda: f"{status}; it is {source.state}", timeout_s)
    return seen[-1]
