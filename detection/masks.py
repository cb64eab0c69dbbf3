"""Burn privacy masks into a picture, before anything else may see, store or send it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Image

Point = tuple[float, float]
"""x and y as a share of the picture's width and height, 0–1 from the top left."""

Polygon = tuple[Point, ...]
"""The corners of one closed area, three at least."""

MASK_COLOUR = (0, 0, 0)
SUBPIXEL_BITS = 4


def check_mask(points: Sequence[Sequence[float]]) -> Polygon:
    """Return points as a Polygon.

    Raises ValueError, in words for the person who drew it, when there are fewer than three corners, a corner is no
    pair of numbers, or one lies outside the picture.
    """
    if len(points) < 3:
        raise ValueError(f"A privacy mask needs at least 3 corners, this one has {len(points)}.")
    corners: list[Point] = []
    for point in points:
        if len(point) != 2:
            raise ValueError(f"The mask corner {list(point)!r} is not a pair x, y.")
        x, y = float(point[0]), float(point[1])
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            raise ValueError(f"The mask corner ({x:g}, {y:g}) is outside the picture; both numbers go from 0 to 1.")
        corners.append((x, y))
    return tuple(corners)


def apply_masks(image: Image, masks: Sequence[Polygon]) -> Image:
    """Return a copy of image with every polygon filled in black; image itself when there is no mask.

    image: (height, width, 3) uint8 BGR. Every pixel that a polygon touches is covered, its border included.
    """
    if not masks:
        return image
    height, width = image.shape[:2]
    masked = image.copy()
    masked[_covered(tuple(tuple(map(tuple, mask)) for mask in masks), width, height)] = MASK_COLOUR
    return masked


@lru_cache(maxsize=64)
def _covered(masks: tuple[Polygon, ...], width: int, height: int) -> NDArray[np.bool_]:
    """Return which pixels are covered, (height, width) bool; cached, since it only changes with the settings."""
    covered = np.zeros((height, width), np.uint8)
    scale = 1 << SUBPIXEL_BITS
    for mask in masks:
        # Pixel centres are whole numbers to OpenCV, so a picture spans -0.5 to width - 0.5.
        corners = np.array([(x * width - 0.5, y * height - 0.5) for x, y in mask], np.float64)
        fixed = np.round(corners * scale).astype(np.int32)
        cv2.fillPoly(covered, [fixed], 1, lineType=cv2.LINE_8, shift=SUBPIXEL_BITS)
        cv2.polylines(covered, [fixed], True, 1, thickness=1, lineType=cv2.LINE_8, shift=SUBPIXEL_BITS)
    return covered.astype(bool)
