"""Bring a camera's picture to what CLIP looks at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Image

SIDE = 224
"""Pixels a side that CLIP ViT-B/32 takes."""
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
SPREAD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""Of the pictures CLIP was trained on, red, green, blue, 0–1 (Radford et al., 2021)."""


def reduce(image: Image) -> Image:
    """Return the whole picture as (224, 224, 3), uint8, BGR; a copy, so that the camera may reuse its own.

    CLIP was trained on centre crops, which cut 44 % off a 16:9 view: what burns at its edge would never be seen. Bars
    around the picture cost as many pixels. So the picture is squeezed; every look of a camera is squeezed alike, and is
    compared with this camera's own. Areas are averaged when it shrinks, as OpenCV's bicubic leaves out pixels and
    makes a still picture flicker.
    """
    height, width = image.shape[:2]
    if (height, width) == (SIDE, SIDE):
        return image.copy()
    how = cv2.INTER_AREA if height >= SIDE and width >= SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (SIDE, SIDE), interpolation=how), np.uint8)


def pixel_values(image: Image) -> NDArray[np.float32]:
    """Return what the vision tower is given of a BGR picture of any size: (1, 3, 224, 224), float32."""
    rgb = reduce(image)[:, :, ::-1].astype(np.float32) / np.float32(255.0)
    return np.ascontiguousarray(((rgb - MEAN) / SPREAD).transpose(2, 0, 1)[None])
