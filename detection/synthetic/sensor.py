"""What the camera's electronics add: noise that changes from frame to frame, and the clock burnt into the picture."""

from __future__ import annotations

from datetime import datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Image

NOISE_SIGMA = 1.5
"""Standard deviation in grey levels: a good daylight picture."""
ROLL_PX = 48
CLOCK_STARTS = datetime(2026, 5, 14, 14, 2, 0)
CAMERA_NAME = "CAM 01  MARKET SQUARE"


class SensorNoise:
    """Adds the same noise to the same frame number of the same seed."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        field = np.round(rng.normal(0, NOISE_SIGMA, (height + ROLL_PX, width + ROLL_PX, 3)))
        self._brighter: NDArray[np.uint8] = np.clip(field, 0, 20).astype(np.uint8)
        self._darker: NDArray[np.uint8] = np.clip(-field, 0, 20).astype(np.uint8)
        self._shifts = rng.integers(0, ROLL_PX, (997, 2))

    def add(self, image: Image, index: int) -> Image:
        """Return the picture with noise."""
        dy, dx = self._shifts[index % len(self._shifts)]
        rows, columns = slice(dy, dy + image.shape[0]), slice(dx, dx + image.shape[1])
        return np.asarray(
            cv2.subtract(cv2.add(image, self._brighter[rows, columns]), self._darker[rows, columns]), np.uint8
        )


def burn_in_clock(image: Image, at_s: float) -> None:
    """Write camera name and time of day into the picture's upper left corner, in place; changes once a second."""
    moment = CLOCK_STARTS + timedelta(seconds=int(at_s))
    scale = image.shape[1] / 640
    text = f"{moment:%Y-%m-%d %H:%M:%S}  {CAMERA_NAME}"
    origin = (round(10 * scale), round(20 * scale))
    for shift, colour in ((1, (24, 24, 24)), (0, (245, 245, 245))):
        at = (origin[0] + shift, origin[1] + shift)
        cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42 * scale, colour, 1, cv2.LINE_AA)
