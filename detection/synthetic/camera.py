"""The plaza's camera: a pinhole on a wall, looking down, and the picture coordinates of points in the world.

World axes in metres: x to the right, y away from the camera, z up; the ground is z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

MOUNT_HEIGHT_M = 5.6
PITCH_DEG = 18.5
FOCAL_PER_WIDTH = 0.97
"""Focal length as a share of the picture's width: 54 degrees across, the view of a 5 mm lens on a 1/2.8" chip."""


@dataclass(frozen=True, slots=True)
class PlazaCamera:
    """Projects world points into a picture of width × height pixels."""

    width: int
    height: int

    @property
    def focal_px(self) -> float:
        return FOCAL_PER_WIDTH * self.width

    @property
    def forward(self) -> Floats:
        """Unit vector along the optical axis, in world axes."""
        return np.array((0.0, cos(radians(PITCH_DEG)), -sin(radians(PITCH_DEG))), np.float32)

    @property
    def up(self) -> Floats:
        """Unit vector that points up in the picture, in world axes."""
        return np.array((0.0, sin(radians(PITCH_DEG)), cos(radians(PITCH_DEG))), np.float32)

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Return pixels (..., 2) and depths (...) in metres along the axis of world points (..., 3)."""
        relative = np.asarray(points, np.float32) - np.array((0, 0, MOUNT_HEIGHT_M), np.float32)
        depth = np.maximum(relative @ self.forward, 0.5)
        scale = self.focal_px / depth
        pixels = np.stack(
            (self.width / 2 + relative[..., 0] * scale, self.height / 2 - (relative @ self.up) * scale), axis=-1
        )
        return pixels, depth

    def depth_at(self, x: float, y: float) -> float:
        """Return the depth in metres of a point on the ground."""
        return float(self.project(np.array((x, y, 0.0), np.float32))[1])

    def rays(self) -> Floats:
        """Return the viewing direction of every pixel, (height, width, 3), scaled to depth 1."""
        columns = (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.focal_px
        rows = (np.arange(self.height, dtype=np.float32) + 0.5 - self.height / 2) / self.focal_px
        rays = np.empty((self.height, self.width, 3), np.float32)
        rays[:] = self.forward[None, None, :] - rows[:, None, None] * self.up[None, None, :]
        rays[..., 0] += columns[None, :]
        return rays
