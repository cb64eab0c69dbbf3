"""Describe people by their own size: speeds in heights a second, distances in heights, how boxes overlap and change."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import dist, hypot, log
from statistics import fmean

from detection.features.frame import MAX_PEOPLE_IN_PAIRS, extent
from detection.types import Box, Track

PEOPLE_NAMES = ("speed_heights_mean", "speed_heights_max", "overlap_max", "gap_heights_min", "shape_change_max")
FAR_HEIGHTS = 10.0
"""The distance where there are no two people: as far as matters."""


class PeopleShapes:
    """Remember the last shape of each person's box. Not thread-safe."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[float, float]] = {}

    def measure(self, people: Sequence[Track], at_s: float) -> tuple[float, ...]:
        """Return the values of PEOPLE_NAMES for the people of one frame.

        Speeds in own heights a second; overlap: the largest intersection over union of two people, 0–1; gap: the
        smallest distance of two centres in their mean height; shape change: the fastest change of the logarithm of a
        box's width over height, a second. at_s: stream time in seconds, never falling.
        """
        speeds = [hypot(*t.velocity_px_s) / extent(t.box) for t in people]
        pairs = list(combinations(people[:MAX_PEOPLE_IN_PAIRS], 2))
        gaps = [dist(_centre(a.box), _centre(b.box)) * 2 / (extent(a.box) + extent(b.box)) for a, b in pairs]
        return (
            fmean(speeds) if speeds else 0.0,
            max(speeds, default=0.0),
            max((_overlap(a.box, b.box) for a, b in pairs), default=0.0),
            min(min(gaps, default=FAR_HEIGHTS), FAR_HEIGHTS),
            max(self._changes(people, at_s), default=0.0),
        )

    def _changes(self, people: Sequence[Track], at_s: float) -> list[float]:
        shapes = {t.track_id: (at_s, log((t.box[2] - t.box[0] + 1) / (t.box[3] - t.box[1] + 1))) for t in people}
        changes = [
            abs(shape - self._last[key][1]) / (at_s - self._last[key][0])
            for key, (_, shape) in shapes.items()
            if key in self._last and at_s > self._last[key][0]
        ]
        self._last = shapes
        return changes


def _centre(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return common / (both - common)
