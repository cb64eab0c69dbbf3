"""Measure motion inside people, between the nearest two and in the picture, by dense optical flow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import dist, hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.features.frame import MAX_PEOPLE_IN_PAIRS
from detection.score.base import Scene, Seen
from detection.types import Image, Track

FLOW_WIDTH = 320
"""Pixels; the limbs of a person a fifth of the picture high still show."""
MAX_GAP_S = 1.0
"""Two pictures further apart show different things: no flow is measured between them."""
FLOW_NAMES = (
    "flow_people_mean",
    "flow_people_max",
    "flow_inside_mean",
    "flow_inside_max",
    "flow_pair_mean",
    "flow_pair_p95",
    "flow_picture_mean",
    "flow_picture_p95",
    "flow_picture_change",
    "flow_camera",
)

READS = "people-flow1"
"""What tells these measurements from others, in a cache of readings."""

_Floats = NDArray[np.float32]
_Region = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the flow; right and bottom are outside."""


class PeopleFlow:
    """Compare each picture of one camera with the last (DIS flow: Kroeger et al., ECCV 2016). Not thread-safe.

    The camera's own motion (median outside the people) is taken off first. Of the people, in their own heights a
    second: the mean size of the flow in each one's box, and its mean distance from the box's own median, which is what
    limbs do and walking past does not (mean and maximum over people); of the box around the nearest two: mean and 95th
    percentile. Of the picture, in diagonals a second: mean, 95th percentile, and how much the size of the flow changed
    since the last picture (after Hassner, Itcher and Kliper-Gross, Violent Flows, CVPRW 2012); the camera's motion.
    """

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._last: tuple[NDArray[np.uint8], float] | None = None
        self._sizes: _Floats | None = None

    def read(self, scene: Scene) -> Seen:
        """Return the values of FLOW_NAMES as `flow`, (len(FLOW_NAMES),), float64; on a still picture nothing moves.

        The next moved picture is compared with the last moved one: what was still in between looked the same.
        """
        if not scene.moved:
            self._sizes = None
            self._last = None if self._last is None else (self._last[0], scene.at_s)
            return {"flow": np.zeros(len(FLOW_NAMES))}
        people = [t for t in scene.tracks if t.label == "person"]
        return {"flow": np.array(self.measure(scene.image, people, scene.at_s))}

    def measure(self, image: Image, people: Sequence[Track], at_s: float) -> tuple[float, ...]:
        """Return the values of FLOW_NAMES; 0 for the first picture, after a gap, and where nobody is.

        image: (height, width, 3), uint8, BGR; at_s: stream time in seconds, never falling.
        """
        height, width = image.shape[:2]
        scale = min(1.0, FLOW_WIDTH / width)
        size = (max(16, round(width * scale)), max(16, round(height * scale)))
        small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        before, self._last = self._last, (np.asarray(small, np.uint8), at_s)
        if before is None or before[0].shape != small.shape or not 0.0 < at_s - before[1] <= MAX_GAP_S:
            self._sizes = None
            return (0.0,) * len(FLOW_NAMES)
        empty = np.zeros((size[1], size[0], 2), np.float32)
        field = np.asarray(self._dis.calc(before[0], small, empty), np.float32) / (at_s - before[1])
        regions = [_region(track, size[0] / width, size[1] / height, size) for track in people]
        regions = [r for r in regions if r[2] > r[0] and r[3] > r[1]]
        camera = _camera_motion(field, regions)
        field -= camera
        sizes = np.asarray(np.linalg.norm(field, axis=2), np.float32)
        last_sizes, self._sizes = self._sizes, sizes
        diagonal = hypot(*size)
        return (
            *_people(field, sizes, regions),
            *_pair(sizes, regions),
            float(sizes.mean()) / diagonal,
            float(np.percentile(sizes, 95)) / diagonal,
            float(np.abs(sizes - last_sizes).mean()) / diagonal if last_sizes is not None else 0.0,
            hypot(*(float(v) for v in camera)) / diagonal,
        )


def _region(track: Track, scale_x: float, scale_y: float, size: tuple[int, int]) -> _Region:
    left, top, right, bottom = track.box
    return (
        max(0, int(left * scale_x)),
        max(0, int(top * scale_y)),
        min(size[0], int(right * scale_x) + 1),
        min(size[1], int(bottom * scale_y) + 1),
    )


def _camera_motion(field: _Floats, regions: Sequence[_Region]) -> _Floats:
    around = np.ones(field.shape[:2], bool)
    for left, top, right, bottom in regions:
        around[top:bottom, left:right] = False
    rest = field[around] if around.any() else field.reshape(-1, 2)
    return np.asarray(np.median(rest, axis=0), np.float32)


def _people(field: _Floats, sizes: _Floats, regions: Sequence[_Region]) -> tuple[float, float, float, float]:
    whole, inside = [0.0], [0.0]
    for left, top, right, bottom in regions:
        height = _tall((left, top, right, bottom))
        part = field[top:bottom, left:right].reshape(-1, 2)
        whole.append(float(sizes[top:bottom, left:right].mean()) / height)
        inside.append(float(np.linalg.norm(part - np.median(part, axis=0), axis=1).mean()) / height)
    count = max(1, len(regions))
    return (sum(whole) / count, max(whole), sum(inside) / count, max(inside))


def _pair(sizes: _Floats, regions: Sequence[_Region]) -> tuple[float, float]:
    """Return the flow in the box around the two people nearest to each other, by their heights."""
    pairs = list(combinations(regions[:MAX_PEOPLE_IN_PAIRS], 2))
    if not pairs:
        return (0.0, 0.0)
    a, b = min(pairs, key=lambda pair: dist(_centre(pair[0]), _centre(pair[1])) / (_tall(pair[0]) + _tall(pair[1])))
    part = sizes[min(a[1], b[1]) : max(a[3], b[3]), min(a[0], b[0]) : max(a[2], b[2])]
    height = (_tall(a) + _tall(b)) / 2
    return (float(part.mean()) / height, float(np.percentile(part, 95)) / height)


def _centre(region: _Region) -> tuple[float, float]:
    return ((region[0] + region[2]) / 2, (region[1] + region[3]) / 2)


def _tall(region: _Region) -> float:
    return float(max(region[2] - region[0], region[3] - region[1], 1))
