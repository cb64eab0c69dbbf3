"""Tell how fast each person goes over the last moment and over the last seconds, by the clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import hypot
from statistics import fmean

from detection.features.frame import extent
from detection.features.paths import FORGET_S
from detection.types import Track

SHORT_S = 0.5
LONG_S = 3.0
"""A start or a stop shows in the first, somebody who wanders to and fro in the second."""
LEAST_SHARE = 0.8
"""Of a window that a track must have lasted: over less its speed is not known yet, and counts as 0."""
STEP_S = 0.08
"""Least time between two points that are kept, so that a fast camera needs no more of them."""
MAX_PEOPLE = 64
WINDOW_NAMES = ("pace_short_mean", "pace_short_max", "pace_long_mean", "pace_long_max", "pace_change_max")

_Point = tuple[float, float, float]
"""Stream time, and the middle of the feet."""


class PaceWindows:
    """Keep where each person of one camera was in the last LONG_S. Not thread-safe."""

    def __init__(self) -> None:
        self._points: dict[int, deque[_Point]] = {}

    def measure(self, people: Sequence[Track], at_s: float) -> tuple[float, ...]:
        """Return the values of WINDOW_NAMES for the people of one frame, in their own heights a second.

        A pace is the way from where somebody was a window ago to where they are, over the time it took: who paces to
        and fro has a high short one and a low long one. Change is the largest difference of a person's short pace from
        their long one, upwards or downwards. 0 where nobody is. at_s: stream time in seconds, never falling.
        """
        short, long, change = [0.0], [0.0], 0.0
        people = people[:MAX_PEOPLE]
        for track in people:
            path, now = self._points.setdefault(track.track_id, deque()), _feet(track, at_s)
            tall = extent(track.box)
            short.append((quick := _pace(path, now, SHORT_S) or 0.0) / tall)
            steady = _pace(path, now, LONG_S)
            long.append((steady or 0.0) / tall)
            if steady is not None:
                change = max(change, abs(quick - steady) / tall)
            if not path or at_s - path[-1][0] >= STEP_S:
                path.append(now)
            # One older point stays: the way over the whole window begins there.
            while len(path) > 1 and at_s - path[1][0] >= LONG_S:
                path.popleft()
        self._points = {key: path for key, path in self._points.items() if at_s - path[-1][0] <= FORGET_S}
        if not people:
            return (0.0,) * len(WINDOW_NAMES)
        return (fmean(short[1:]), max(short), fmean(long[1:]), max(long), change)


def _pace(path: deque[_Point], now: _Point, window_s: float) -> float | None:
    """Return the speed over a window in px/s; None where the path is too young."""
    before = next((p for p in reversed(path) if now[0] - p[0] >= window_s - 1e-6), path[0] if path else None)
    if before is None or now[0] - before[0] < LEAST_SHARE * window_s:
        return None
    return hypot(now[1] - before[1], now[2] - before[2]) / (now[0] - before[0])


def _feet(track: Track, at_s: float) -> _Point:
    left, _, right, bottom = track.box
    return (at_s, (left + right) / 2, bottom)
