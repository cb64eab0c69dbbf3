"""Measure how fast one object moves, unmoved by a box that jumps."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from statistics import median

from detection.types import Box

WINDOW_S = 1.0
MAX_POINTS = 32
MAX_GROWTH = 1.5
"""A step in which the box grew or shrank by more is a merge or a split of regions, not motion."""
MIN_STEPS = 2


class MotionHistory:
    """Keep the last second of one object's boxes."""

    def __init__(self) -> None:
        self._boxes: deque[tuple[float, Box]] = deque(maxlen=MAX_POINTS)

    def add(self, at_s: float, box: Box) -> None:
        """Add one box (pixels) at stream time at_s; a time that does not rise replaces the last box."""
        if self._boxes and at_s <= self._boxes[-1][0]:
            self._boxes.pop()
        self._boxes.append((at_s, box))
        while at_s - self._boxes[0][0] > WINDOW_S:
            self._boxes.popleft()

    def velocity(self) -> tuple[float, float]:
        """Return the velocity of the box's centre in pixels a second (right, down); (0, 0) until measured.

        Per axis the smaller of two measures that agree on the direction: the median step, which one jump of the box
        does not move, and the whole way over the whole time, which a box that trembles does not move.
        """
        points = list(self._boxes)
        steps = [_step(a, b) for a, b in pairwise(points) if _same_size(a[1], b[1])]
        if len(steps) < MIN_STEPS:
            return (0.0, 0.0)
        whole = _step(points[0], points[-1])
        return (
            _smaller(median(s[0] for s in steps), whole[0]),
            _smaller(median(s[1] for s in steps), whole[1]),
        )


def _step(before: tuple[float, Box], after: tuple[float, Box]) -> tuple[float, float]:
    seconds = after[0] - before[0]
    a, b = before[1], after[1]
    return ((b[0] + b[2] - a[0] - a[2]) / 2 / seconds, (b[1] + b[3] - a[1] - a[3]) / 2 / seconds)


def _smaller(one: float, other: float) -> float:
    if one * other <= 0.0:
        return 0.0
    return one if abs(one) < abs(other) else other


def _same_size(a: Box, b: Box) -> bool:
    before, after = (a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1])
    return before > 0 and after > 0 and 1 / MAX_GROWTH <= after / before <= MAX_GROWTH
