"""Measure how fast the picture moves, everywhere, between two analysed frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Box, Image

Field = NDArray[np.float32]

MAX_WIDTH = 360
"""Wider pictures are reduced before the flow: its cost grows with the area."""
REDUCE = 2
"""The field is kept at half of the flow's resolution; nothing finer is read from it."""
MAX_GAP_S = 1.0
"""Over a longer gap nothing is where it was, and a flow would be made up."""
WINDOW = (0.04, 0.11)
"""Share of the picture's width and height over which motion is averaged: about a person, so that a hand is none."""
BANDS = 60


@dataclass(frozen=True)
class Motion:
    """The speed of every place, (rows, columns), float32, px/s of the analysed picture; scale: columns per pixel."""

    speed: Field
    scale: float

    def in_box(self, box: Box) -> float:
        """Return the median speed in a box, px/s: a body's, while its swinging legs and the ground count little."""
        return float(np.median(self.speed[self._inside(box)]))

    def place_in_box(self, box: Box) -> float:
        """Return the fastest person-sized place that has its middle in a box, px/s."""
        return float(self.places[self._inside(box)].max())

    @cached_property
    def places(self) -> Field:
        """Return the mean speed of the person-sized place around every point, (rows, columns), px/s."""
        rows, columns = self.speed.shape
        window = (max(1, round(WINDOW[0] * columns)), max(1, round(WINDOW[1] * rows)))
        return np.asarray(cv2.blur(self.speed, window), np.float32)

    def bands(self) -> Field:
        """Return the fastest person-sized place of each of BANDS horizontal bands, top to bottom: (BANDS,), px/s."""
        return self.fastest[0]

    @cached_property
    def fastest(self) -> tuple[Field, Field]:
        """Return the bands, and where in each the fastest place is: its column, (BANDS,), px."""
        along, columns = self.places.max(axis=1), self.places.argmax(axis=1)
        edges = np.linspace(0, len(along), BANDS + 1).astype(int)
        rows = [a + int(along[a : max(a + 1, b)].argmax()) for a, b in pairwise(edges)]
        return np.asarray(along[rows], np.float32), np.asarray(columns[rows] / self.scale, np.float32)

    def _inside(self, box: Box) -> tuple[slice, slice]:
        rows, columns = self.speed.shape
        left, top, right, bottom = (value * self.scale for value in box)
        x0, y0 = min(max(0, int(left)), columns - 1), min(max(0, int(top)), rows - 1)
        return slice(y0, max(y0 + 1, int(np.ceil(bottom)))), slice(x0, max(x0 + 1, int(np.ceil(right))))


class FlowMeter:
    """Compute dense optical flow (DIS: Kroeger, Timofte, Dai and Van Gool, ECCV 2016) from frame to frame.

    The medium preset, because the fast ones smear what is as small as a far bicycle. Not thread-safe.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._last: NDArray[np.uint8] | None = None
        self._last_at = float("-inf")

    def still(self, at_s: float) -> None:
        """Take note of a picture that looks like the last one, without measuring it."""
        if at_s - self._last_at <= MAX_GAP_S:
            self._last_at = at_s

    def measure(self, image: Image, at_s: float) -> Motion | None:
        """Return the motion since the last frame; None on the first one, after a gap, or with another picture size.

        image: (height, width, 3), uint8, BGR; at_s: stream time in seconds, never falling.
        """
        width = min(MAX_WIDTH, image.shape[1])
        size = (width, max(1, round(image.shape[0] * width / image.shape[1])))
        whole = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = whole if size[0] == image.shape[1] else cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
        grey = np.asarray(small, np.uint8)
        before, passed_s = self._last, at_s - self._last_at
        self._last, self._last_at = grey, at_s
        if before is None or before.shape != grey.shape or not 0.0 < passed_s <= MAX_GAP_S:
            return None
        flow = self._flow.calc(before, grey, None)  # type: ignore[call-overload]  # the stubs do not know None
        half = (max(1, size[0] // REDUCE), max(1, size[1] // REDUCE))
        flow = cv2.resize(flow, half, interpolation=cv2.INTER_AREA)
        pixels = image.shape[1] / size[0] / passed_s
        return Motion(cv2.magnitude(flow[..., 0], flow[..., 1]) * np.float32(pixels), half[0] / image.shape[1])
