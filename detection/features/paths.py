"""Remember where each track was, for the features that look back: acceleration, standing still, loitering."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import hypot

from detection.types import Track

LOITER_S = 6.0
LOITER_HEIGHTS = 1.0
STILL_S = 2.0
STILL_HEIGHTS_S = 0.12
ACCEL_S = 0.5
KEEP_S = 6.5
STEP_S = 0.03
"""Least time between two points that are kept: with a faster camera MAX_POINTS would not last for KEEP_S."""
MAX_POINTS = 250
FORGET_S = 3.0

_Point = tuple[float, float, float, float, float]
"""Stream time, feet x, feet y, velocity x, velocity y."""


class Paths:
    """Keep a bounded path per track: at most KEEP_S seconds and MAX_POINTS points."""

    def __init__(self) -> None:
        self._points: dict[int, deque[_Point]] = {}

    def update(self, tracks: Sequence[Track], at_s: float) -> None:
        """Add one frame's tracks at stream time at_s, and forget tracks unseen for FORGET_S."""
        for track in tracks:
            left, _, right, bottom = track.box
            path = self._points.setdefault(track.track_id, deque(maxlen=MAX_POINTS))
            if len(path) > 1 and path[-1][0] - path[-2][0] < STEP_S:
                path.pop()  # it was only the newest
            path.append((at_s, (left + right) / 2, bottom, *track.velocity_px_s))
            while at_s - path[0][0] > KEEP_S:
                path.popleft()
        self._points = {key: path for key, path in self._points.items() if at_s - path[-1][0] <= FORGET_S}

    def acceleration(self, track_id: int) -> float:
        """Return how much the velocity changed since about ACCEL_S ago, px/s²; 0 for a track younger than that."""
        path = self._points[track_id]
        now = path[-1]
        before = next((p for p in reversed(path) if now[0] - p[0] >= ACCEL_S), None)
        if before is None or (before[3] == 0.0 and before[4] == 0.0):
            return 0.0  # a velocity of exactly zero is one not yet measured
        return hypot(now[3] - before[3], now[4] - before[4]) / (now[0] - before[0])

    def stands_still(self, track: Track) -> bool:
        """Tell whether the track kept slower than STILL_HEIGHTS_S of its height a second for STILL_S."""
        return self._kept_within(track, STILL_S, STILL_S * STILL_HEIGHTS_S)

    def loiters(self, track: Track) -> bool:
        """Tell whether the track kept within LOITER_HEIGHTS of its height for LOITER_S."""
        return self._kept_within(track, LOITER_S, LOITER_HEIGHTS)

    def _kept_within(self, track: Track, seconds: float, heights: float) -> bool:
        path = self._points[track.track_id]
        now = path[-1]
        if now[0] - path[0][0] < seconds:
            return False
        tall = max(track.box[2] - track.box[0], track.box[3] - track.box[1], 1.0)
        recent = [p for p in path if now[0] - p[0] <= seconds]
        return all(hypot(p[1] - now[1], p[2] - now[2]) <= heights * tall for p in recent)
