"""When a picture is due, and whether anyone wants it."""

from __future__ import annotations

import threading
import time

MAX_LAG_S = 1.0
"""A player that is later than this stops catching up: it would show a burst of old pictures."""


class Pace:
    """Hold a file back to its own speed, and thin a stream out to deliver_fps pictures a second (None: all)."""

    def __init__(self, deliver_fps: float | None, stopping: threading.Event) -> None:
        self._interval_s = 1.0 / deliver_fps if deliver_fps else 0.0
        self._stopping = stopping
        self._wall_zero: float | None = None
        self._next_s: float | None = None

    def wait_until_due(self, at_s: float) -> None:
        """Sleep until the wall clock has come as far as at_s (stream seconds), or until stopping."""
        now = time.monotonic()
        if self._wall_zero is None:
            self._wall_zero = now - at_s
        wait_s = self._wall_zero + at_s - now
        if wait_s > 0:
            self._stopping.wait(wait_s)
        elif wait_s < -MAX_LAG_S:
            self._wall_zero = now - at_s

    def wants(self, at_s: float) -> bool:
        """Return whether the picture at at_s (stream seconds) shall be handed out."""
        if self._next_s is None:
            self._next_s = at_s
        # A picture half a millisecond early is on time: timestamps are rounded.
        if at_s < self._next_s - 0.0005:
            return False
        self._next_s = max(self._next_s + self._interval_s, at_s - self._interval_s)
        return True
