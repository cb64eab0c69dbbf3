"""Remember what came into the picture and stands still: an abandoned bag, somebody who waits or lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.detect.regions import Mask, Region, as_u8
from detection.types import Image

MAX_THINGS = 16
SAME_LOOK = 16.0
"""Mean difference of grey levels under which a thing is still there."""
LOOK_RATE = 0.05
HIDDEN_FRAMES = 25
"""So long may somebody stand in front of a thing before it counts as gone."""
COVERED = 0.4
RING = 4
GHOST_RATIO = 0.8


@dataclass(slots=True, eq=False)
class _Thing:
    region: Region
    mask: NDArray[np.bool_]
    look: NDArray[np.float32]
    frames: int = 0
    hidden: int = 0


class StandingThings:
    """Keep a bounded list of standing things by their looks, whole, for at most `keep_frames`. Not thread-safe.

    A background model takes a standing object in pixel by pixel, in pieces that look like ever new objects; so a
    thing is remembered as one from when it first stood still, and is dropped as one.
    """

    def __init__(self, keep_frames: int) -> None:
        self._keep_frames = keep_frames
        self._things: list[_Thing] = []

    def update(self, image: Image, foreground: Mask, standing: list[Region], still: Mask) -> list[Region]:
        """Return the regions that this frame adds to what is no object any more: those kept for long enough.

        image: (height, width, 3), uint8; foreground and still: masks of its size; standing: the regions of `still`.
        """
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
        self._things = [t for t in self._things if _still_there(t, grey, foreground)]
        expired = [t.region for t in self._things if t.frames > self._keep_frames]
        self._things = [t for t in self._things if t.frames <= self._keep_frames]
        for region in standing:
            self._meet(region, grey, still)
        return expired

    @property
    def regions(self) -> list[Region]:
        """Return where the things stand."""
        return [t.region for t in self._things]

    def forget(self) -> None:
        """Drop all things: the whole picture changed."""
        self._things.clear()

    def _meet(self, region: Region, grey: NDArray[np.float32], still: Mask) -> None:
        same = [t for t in self._things if _belong(region, t.region)]
        if any(t.region.area >= 0.8 * region.area and region.shared(t.region, 2) >= 0.8 * region.area for t in same):
            return  # a part of something known
        whole = region
        for thing in same:
            whole = whole.joined(thing.region)
        mask = np.zeros(grey.shape, np.bool_)
        mask[region.slices] = still[region.slices] > 0
        for thing in same:
            mask[thing.region.slices] |= thing.mask
        self._things = [t for t in self._things if t not in same]
        if len(self._things) < MAX_THINGS and mask.any():
            frames = max((t.frames for t in same), default=0)
            part = whole.slices
            filled = replace(whole, filled=int(np.count_nonzero(mask[part])))
            self._things.append(_Thing(filled, mask[part].copy(), grey[part].copy(), frames))


def _belong(region: Region, other: Region) -> bool:
    return region.shared(other, margin=2) >= 0.5 * min(region.area, other.area) or region.stacked(other)


def _still_there(thing: _Thing, grey: NDArray[np.float32], foreground: Mask) -> bool:
    """Age a thing by one frame, and tell whether it is still there or only hidden for a moment."""
    part = thing.region.slices
    thing.frames += 1
    now = grey[part]
    if float(np.abs(now - thing.look)[thing.mask].mean()) < SAME_LOOK:
        thing.look += LOOK_RATE * (now - thing.look)
        thing.hidden = 0
        return True
    thing.hidden += 1
    covered = float(np.count_nonzero(foreground[part])) / thing.region.area
    return covered >= COVERED and thing.hidden <= HIDDEN_FRAMES


def is_ghost(region: Region, still: Mask, foreground: Mask, image: Image, learned: Image) -> bool:
    """Tell whether a standing region is one that something left, rather than one to which something came.

    The colours in it are compared with those just around it, now and in the learned background (Bhattacharyya
    distance of 6×6×6 histograms): where something left, the picture now fits its surroundings better. Masks and
    pictures have one size.
    """
    height, width = still.shape
    part = np.s_[
        max(0, region.top - RING) : min(height, region.bottom + RING),
        max(0, region.left - RING) : min(width, region.right + RING),
    ]
    inside = still[part]
    ring = as_u8(cv2.dilate(inside, np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)))
    ring[foreground[part] > 0] = 0
    if not ring.any():
        return False
    around = _colours(image[part], ring)
    now = cv2.compareHist(_colours(image[part], inside), around, cv2.HISTCMP_BHATTACHARYYA)
    before = cv2.compareHist(_colours(learned[part], inside), around, cv2.HISTCMP_BHATTACHARYYA)
    return bool(now < GHOST_RATIO * before)


def _colours(image: Image, mask: Mask) -> NDArray[np.float32]:
    histogram = cv2.calcHist([image], [0, 1, 2], mask, [6, 6, 6], [0, 256] * 3)
    return np.asarray(histogram / max(1.0, float(histogram.sum())), np.float32)
