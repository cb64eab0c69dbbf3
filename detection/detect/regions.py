"""Cut a mask into regions that stand for whole objects."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
"""(height, width), uint8, 0 or 255."""

MIN_AREA_RATIO = 0.0006
"""Smaller regions, as a share of the picture, are noise."""
MAX_REGIONS = 40
STACK_GAP = 0.2
"""Regions over each other join across a gap of this share of the taller one's height."""
STACK_WIDTHS = 3.5
"""And only when the wider one is at most so many times as wide: somebody before a van is not part of it."""

_Part = tuple[int, int, int, int, int]
"""Left, top, right, bottom, filled pixels."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of mask pixels, and how many of them are set."""

    left: int
    top: int
    right: int
    bottom: int
    filled: int

    @property
    def area(self) -> int:
        """Return the rectangle's area in pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return the rows and columns that it covers."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def stacked(self, other: Region) -> bool:
        """Tell whether the two lie over each other, as the parts of one standing object do."""
        mine = (self.left, self.top, self.right, self.bottom, self.filled)
        return _stacked(mine, (other.left, other.top, other.right, other.bottom, other.filled))

    def joined(self, other: Region) -> Region:
        """Return the rectangle around both."""
        mine = (self.left, self.top, self.right, self.bottom, self.filled)
        return Region(*_union(mine, (other.left, other.top, other.right, other.bottom, other.filled)))

    def shared(self, other: Region, margin: int = 0) -> int:
        """Return the pixels that this rectangle and another one, widened by margin, have in common."""
        across = min(self.right, other.right + margin) - max(self.left, other.left - margin)
        down = min(self.bottom, other.bottom + margin) - max(self.top, other.top - margin)
        return max(0, across) * max(0, down)


def as_u8(array: np.ndarray) -> NDArray[np.uint8]:
    """Return the same array under the type that it has: OpenCV's annotations leave it open."""
    return np.asarray(array, np.uint8)


def regions_of(mask: Mask) -> list[Region]:
    """Return the connected regions of a mask, largest first, at most MAX_REGIONS.

    Regions over each other with little between are joined: a head, a coat and legs are one person. Side by side they
    stay apart, as two people do.
    """
    least = MIN_AREA_RATIO * mask.size
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rows = sorted((r for r in stats[1:].tolist() if r[cv2.CC_STAT_AREA] >= least / 2), key=lambda r: -r[4])
    joined: list[_Part] = []
    for left, top, width, height, filled in rows[: 2 * MAX_REGIONS]:
        part = (left, top, left + width, top + height, filled)
        over = next((i for i, other in enumerate(joined) if _stacked(part, other)), None)
        if over is None:
            joined.append(part)
        else:
            joined[over] = _union(part, joined[over])
    found = [Region(*part) for part in joined if part[4] >= least]
    return sorted(found, key=lambda r: r.area, reverse=True)[:MAX_REGIONS]


def _stacked(one: _Part, other: _Part) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    narrow, wide = sorted((one[2] - one[0], other[2] - other[0]))
    gap = max(one[1], other[1]) - min(one[3], other[3])
    tall = max(one[3] - one[1], other[3] - other[1])
    return wide <= STACK_WIDTHS * narrow and shared >= 0.5 * narrow and gap <= STACK_GAP * tall


def _union(one: _Part, other: _Part) -> _Part:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
        one[4] + other[4],
    )
