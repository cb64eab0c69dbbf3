"""Detect with what OpenCV brings: a background model, and a people check on what stands out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from detection.detect.background import Blob, CameraBackground
from detection.detect.base import MAX_DETECTIONS
from detection.detect.people import PeopleCheck
from detection.types import Box, Detection, Image

MAX_CHECKS = 8
"""Regions checked for people in one picture; it bounds the time of a busy one. The others are judged by shape."""
MIN_CHECK_PX = 24
UPRIGHT = 1.3
PASSING_SIZE = (0.15, 3.0)
STANDING_SIZE = (0.4, 6.0)
"""Sizes, as shares of the usual person's area, at which an upright region passes for a person: a standing one may be
nearer than anybody who walked, and shall not be a suitcase."""
GROUP_WIDTH = 1.1
CAR_WIDE, CAR_WIDEST = 1.15, 4.0
CAR_AREA_IN_PEOPLE = 2.2
BIG_WIDE = 0.8
BIG_AREA_IN_PEOPLE = 5.0
"""So large, and the people check found nobody much: a car with somebody before it."""
CAR_FILL = 0.5
SCRAP_COVERED = 0.6
AROUND = 0.25
SIZE_MEMORY = 200
SIZE_SETTLED = 30
UNKNOWN = "moving object"


class BuiltinDetector:
    """Detect people, cars and other moving or newly left things with no downloaded model.

    "person" needs the people check or an upright shape (confidence 0.45), "car" a wide, well-filled region several
    times as large as people are at this camera; all else is "moving object". Not thread-safe: MicroBatcher calls
    it from one thread.
    """

    name = "builtin"
    version = f"opencv-{cv2.__version__}-mog2-hog-1"

    def __init__(self) -> None:
        self._check = PeopleCheck()
        self._backgrounds: dict[str, CameraBackground] = {}
        self._sizes: dict[str, _PersonSize] = {}

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture; see Detector.detect."""
        return [self._detect_one(image, camera) for image, camera in zip(images, cameras, strict=True)]

    def forget(self, camera: str) -> None:
        """Drop the background model and the usual size of people of one camera."""
        self._backgrounds.pop(camera, None)
        self._sizes.pop(camera, None)

    def _detect_one(self, image: Image, camera: str) -> list[Detection]:
        background = self._backgrounds.setdefault(camera, CameraBackground())
        found: list[Detection] = []
        checks = 0
        for blob in background.blobs(image):
            box = _box(blob, background.scale, image)
            tall = box[3] - box[1]
            people: list[Detection] = []
            if tall >= MIN_CHECK_PX and checks < MAX_CHECKS:
                checks += 1
                people = self._people(image, box, camera)
            found.extend(people or [self._by_shape(blob, box, camera)])
        found = _without_scraps(found)
        return sorted(found, key=lambda d: d.confidence, reverse=True)[:MAX_DETECTIONS]

    def _people(self, image: Image, box: Box, camera: str) -> list[Detection]:
        hits = self._check.find(image, box)
        if not hits:
            return []
        wide, tall = box[2] - box[0], box[3] - box[1]
        if wide < GROUP_WIDTH * tall:
            hit, sure = hits[0]
            self._sizes.setdefault(camera, _PersonSize()).learn(_area(hit))
            # A region as slim as one person is the tighter box, unless it is only a part of them.
            return [Detection(box if wide * tall >= 0.5 * _area(hit) else hit, "person", sure)]
        inside = [(b, c) for b, c in hits if _covered(b, box) >= 0.5]
        covered = sum(_area(b) for b, _ in inside)
        if covered < 0.3 * wide * tall:
            return []
        return [Detection(b, "person", c) for b, c in inside]

    def _by_shape(self, blob: Blob, box: Box, camera: str) -> Detection:
        wide, tall = box[2] - box[0], box[3] - box[1]
        usual = self._sizes[camera].usual if camera in self._sizes else None
        least, most = STANDING_SIZE if blob.static else PASSING_SIZE
        if tall >= UPRIGHT * wide and (usual is None or least * usual <= wide * tall <= most * usual):
            return Detection(box, "person", 0.45)
        if (
            usual is not None
            and blob.fill >= CAR_FILL
            and wide <= CAR_WIDEST * tall
            and (
                (wide * tall >= CAR_AREA_IN_PEOPLE * usual and wide >= CAR_WIDE * tall)
                or (wide * tall >= BIG_AREA_IN_PEOPLE * usual and wide >= BIG_WIDE * tall)
            )
        ):
            return Detection(box, "car", 0.5)
        return Detection(box, UNKNOWN, 0.4)


class _PersonSize:
    """The mean area of people at one camera, in square pixels; slow to follow once it is settled."""

    def __init__(self) -> None:
        self._mean = 0.0
        self._count = 0

    @property
    def usual(self) -> float | None:
        """Return the mean area, or None before SIZE_SETTLED people: the first may all be far away."""
        return self._mean if self._count >= SIZE_SETTLED else None

    def learn(self, area: float) -> None:
        """Take in the area of somebody whom the people check found."""
        self._count += 1
        self._mean += (area - self._mean) / min(self._count, SIZE_MEMORY)


def _box(blob: Blob, scale: float, image: Image) -> Box:
    height, width = image.shape[:2]
    at = blob.region
    return (
        at.left * scale,
        at.top * scale,
        min(float(width), at.right * scale),
        min(float(height), at.bottom * scale),
    )


def _covered(inner: Box, outer: Box) -> float:
    """Return the share of `inner` that lies in `outer`, 0–1."""
    across = min(inner[2], outer[2]) - max(inner[0], outer[0])
    down = min(inner[3], outer[3]) - max(inner[1], outer[1])
    return max(0.0, across) * max(0.0, down) / max(_area(inner), 1.0)


def _around(box: Box) -> Box:
    margin = AROUND * (box[3] - box[1])
    return (box[0] - margin / 2, box[1] - margin, box[2] + margin / 2, box[3] + margin)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _without_scraps(found: list[Detection]) -> list[Detection]:
    """Leave out unnamed regions that lie mostly on or just around somebody: a sleeve, a bag on a shoulder, a foot."""
    people = [_around(d.box) for d in found if d.label == "person"]
    return [d for d in found if d.label != UNKNOWN or all(_covered(d.box, p) < SCRAP_COVERED for p in people)]
