"""Describe how an object looks, light enough for every box of every frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Box, Image

CROP = (32, 64)
BINS = (8, 4, 4)
SIZE = 2 * BINS[0] * BINS[1] * BINS[2]


def appearance(image: Image, box: Box) -> NDArray[np.float32]:
    """Return the appearance of one box: (256,), float32, length 1.

    The square root (Hellinger) of an HSV histogram of 8×4×4 bins for the upper and for the lower half: what somebody
    wears above and below. The outer tenth at the left and right is left out, as it shows mostly background. image:
    (height, width, 3), uint8, BGR; a box that misses the picture gives the uniform vector.
    """
    left, top, right, bottom = box
    trim = 0.1 * (right - left)
    x0, x1 = max(0, int(left + trim)), min(image.shape[1], int(right - trim) + 1)
    y0, y1 = max(0, int(top)), min(image.shape[0], int(bottom) + 1)
    if x1 <= x0 or y1 <= y0:
        return np.full(SIZE, 1.0 / np.sqrt(SIZE), np.float32)
    crop = cv2.cvtColor(cv2.resize(image[y0:y1, x0:x1], CROP, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2HSV)
    half = CROP[1] // 2
    parts = [
        cv2.calcHist([part], [0, 1, 2], None, list(BINS), [0, 180, 0, 256, 0, 256]).ravel()
        for part in (crop[:half], crop[half:])
    ]
    vector = np.sqrt(np.concatenate(parts).astype(np.float32))
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
