"""One stream time over all loops and reconnects of a source."""

from __future__ import annotations

MAX_DRIFT_S = 2.0
"""A live stream whose own time leaves the clock on the wall by more is anchored again: camera clocks jump."""

MAX_GAP_S = 60.0
"""A longer gap inside a file is a fault of its timestamps, and playing it at its own pace would hang on it."""


class StreamClock:
    """Give every picture its at_s: seconds since the first one, always rising.

    Within one connection the stream's own timestamps count, so that speeds do not suffer from network jitter. Between
    connections of a live source the wall clock fills the gap; a file that starts again goes on one frame later.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._first_wall: float | None = None
        self._last = 0.0
        self._offset: float | None = None
        self._step = 0.04

    @property
    def offset_s(self) -> float | None:
        """Return what is added to the stream's own times now; None where they are not used."""
        return self._offset

    @property
    def step_s(self) -> float:
        """Return how long one picture lasts, in seconds."""
        return self._step

    def restart(self, fps: float) -> None:
        """Begin a new connection or loop; fps (0 when unknown) sets the step over a gap."""
        self._offset = None
        self._step = 1.0 / fps if fps > 0 else 0.04

    def at(self, pts_s: float | None, wall_s: float) -> float:
        """Return at_s of a picture with the stream's own time pts_s (or None), seen at wall_s (monotonic seconds)."""
        if self._first_wall is None:
            self._first_wall = wall_s
            return self._anchored(pts_s, 0.0)
        expected = wall_s - self._first_wall if self._live else self._last + self._step
        if pts_s is None:
            return self._anchored(None, max(expected, self._last + self._step / 10))
        if self._offset is None:
            return self._anchored(pts_s, max(expected, self._last + self._step))
        at_s = pts_s + self._offset
        if at_s <= self._last or abs(at_s - expected) > (MAX_DRIFT_S if self._live else MAX_GAP_S):
            return self._anchored(pts_s, max(expected, self._last + self._step))
        self._last = at_s
        return at_s

    def _anchored(self, pts_s: float | None, at_s: float) -> float:
        self._offset = None if pts_s is None else at_s - pts_s
        self._last = at_s
        return at_s
