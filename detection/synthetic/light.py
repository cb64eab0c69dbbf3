"""One afternoon sun for everything in the picture, so that shadows and lit sides agree."""

from __future__ import annotations

import numpy as np

from detection.synthetic.camera import Floats, PlazaCamera

TO_SUN: Floats = np.array((-0.53, -0.43, 0.73), np.float32)
TO_SUN /= np.linalg.norm(TO_SUN)

SHADE_TINT: Floats = np.array((0.66, 0.58, 0.53), np.float32)
"""What a shadow leaves of each channel (BGR): open shade is lit by blue sky."""


def shadow_of(points: Floats) -> Floats:
    """Return where world points (..., 3) throw their shadow on the ground, same shape, z = 0."""
    points = np.asarray(points, np.float32)
    ground: Floats = points - points[..., 2:3] * (TO_SUN / TO_SUN[2])
    return ground


def sun_in_picture(camera: PlazaCamera) -> tuple[float, float, float]:
    """Return the direction to the sun as (right, down, towards the viewer), a unit vector."""
    return float(TO_SUN[0]), -float(TO_SUN @ camera.up), -float(TO_SUN @ camera.forward)


def lambert(normal: tuple[float, float, float], sunlit: float = 1.0) -> float:
    """Return the brightness factor of a flat face with this world normal, about 0.5 (shade) to 1.15 (faces the sun)."""
    facing = max(0.0, float(np.dot(np.asarray(normal, np.float32), TO_SUN)))
    return 0.5 + 0.65 * facing * sunlit
