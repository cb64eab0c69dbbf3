"""Stand in for the model: a landmarker that answers what it is told, and a clock that only looks move on."""

from __future__ import annotations

import numpy as np

from detection.pose.errors import PoseError
from detection.pose.points import Pose
from detection.types import Image
from tests.detection.pose.figure import STAND, points


class Clock:
    """Tell seconds; each look takes `look_s` of them."""

    def __init__(self, look_s: float = 0.01) -> None:
        self.now, self.look_s = 0.0, look_s

    def __call__(self) -> float:
        return self.now


class FakeLandmarker:
    """Find a standing person in the middle of every crop, unless told otherwise."""

    version = "fake"

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.sizes: list[tuple[int, int]] = []
        self.blind = False
        self.error = ""
        self.pose: Pose | None = None

    def find(self, image: Image) -> Pose | None:
        self.sizes.append((image.shape[0], image.shape[1]))
        self.clock.now += self.clock.look_s
        if self.error:
            raise PoseError(self.error)
        if self.blind:
            return None
        if self.pose is not None:
            return self.pose
        side = image.shape[0]
        return points(STAND, side / 2, side * 0.9, side * 0.8)

    def close(self) -> None:
        """Do nothing."""


def blank(height: int = 480, width: int = 640) -> Image:
    """Return a grey picture."""
    return np.full((height, width, 3), 90, np.uint8)
