"""Flat shapes with world corners, filled on a picture with smooth edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.synthetic.camera import Floats, PlazaCamera

SUBPIXEL_BITS = 4
Colour = tuple[float, float, float]
Pixels = NDArray[np.uint8]


def fixed_point(pixels: Floats) -> NDArray[np.int32]:
    """Return pixel coordinates in the fixed-point form that OpenCV draws at a sixteenth of a pixel."""
    return np.round(np.asarray(pixels) * (1 << SUBPIXEL_BITS)).astype(np.int32)


def fill(image: Pixels, pixels: Floats, colour: Sequence[float]) -> None:
    """Fill one convex or simple polygon (n, 2) in pixels on an 8-bit image, in place."""
    cv2.fillPoly(image, [fixed_point(pixels)], tuple(colour), cv2.LINE_AA, SUBPIXEL_BITS)


def fill_world(image: Pixels, camera: PlazaCamera, corners: Iterable[Sequence[float]], colour: Sequence[float]) -> None:
    """Fill the polygon with these world corners in metres, in place."""
    pixels, _ = camera.project(np.array(list(corners), np.float32))
    fill(image, pixels, colour)


def disc(centre: Sequence[float], radius: float, steps: int = 40) -> Floats:
    """Return the rim (steps, 3) of a level disc around a world point."""
    turn = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    rim = np.empty((steps, 3), np.float32)
    rim[:, 0] = centre[0] + radius * np.cos(turn)
    rim[:, 1] = centre[1] + radius * np.sin(turn)
    rim[:, 2] = centre[2]
    return rim


def shaded(colour: Sequence[float], factor: float) -> Colour:
    """Return a BGR colour times a brightness, clipped to 0–255."""
    blue, green, red = (min(255.0, max(0.0, channel * factor)) for channel in colour)
    return blue, green, red
