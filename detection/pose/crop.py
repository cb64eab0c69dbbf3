"""Cut a person out of the picture for the landmarker, and bring the points back."""

from __future__ import annotations

import math

import cv2
import numpy as np

from detection.pose.points import Pose, X, Y, Z
from detection.types import Box, Image

LEAST_SIDE_PX = 256
"""Smaller crops are enlarged to the point model's own input size."""
MOST_SIDE_PX = 512
"""Larger ones are reduced: the models see 224 and 256 pixels, and copying more costs time only."""


def square(box: Box, grown: float) -> tuple[int, int, int]:
    """Return left, top and side of the square of whole pixels around a box whose longer side grew by `grown` (0–1)."""
    side = max(2, math.ceil(max(box[2] - box[0], box[3] - box[1]) * (1.0 + grown)))
    return (round((box[0] + box[2] - side) / 2), round((box[1] + box[3] - side) / 2), side)


def cut(image: Image, left: int, top: int, side: int) -> Image:
    """Return the square as (n, n, 3) uint8 BGR with n from 256 to 512, black where it leaves the picture."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    whole = np.zeros((side, side, 3), np.uint8)
    if x1 > x0 and y1 > y0:
        whole[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    wanted = min(MOST_SIDE_PX, max(LEAST_SIDE_PX, side))
    if wanted == side:
        return whole
    how = cv2.INTER_AREA if wanted < side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(whole, (wanted, wanted), interpolation=how), np.uint8)


def back(pose: Pose, left: int, top: int, side: int, size: int) -> Pose:
    """Return a pose found in a crop of size × size pixels in pixels of the picture it was cut from."""
    moved = pose.copy()
    scale = side / size
    moved[:, (X, Y, Z)] *= np.float32(scale)
    moved[:, X] += np.float32(left)
    moved[:, Y] += np.float32(top)
    return moved
