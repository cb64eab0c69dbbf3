"""Round limbs: every limb is a cone with round ends, shaded per pixel as a solid in the sun.

The outline is smooth because a pixel's cover is its distance to the outline; no oversampling is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, hypot

import numpy as np

from detection.synthetic.camera import Floats

AMBIENT = 0.5
SUNLIGHT = 0.68
THINNEST_PX = 0.75


@dataclass(frozen=True, slots=True)
class Capsule:
    """A limb in the picture: two ends with radii, in pixels; its depth in metres; its colour (BGR, 0–255)."""

    start: tuple[float, float]
    end: tuple[float, float]
    start_radius: float
    end_radius: float
    depth: float
    colour: tuple[float, float, float]

    def bounds(self) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom in pixels."""
        (x0, y0), (x1, y1), r0, r1 = self.start, self.end, self.start_radius, self.end_radius
        return min(x0 - r0, x1 - r1), min(y0 - r0, y1 - r1), max(x0 + r0, x1 + r1), max(y0 + r0, y1 + r1)


@dataclass(frozen=True, slots=True)
class Patch:
    """A drawn figure before it meets the picture: colour (h, w, 3) times cover, and cover (h, w), 0–1."""

    left: int
    top: int
    colour: Floats
    cover: Floats


def draw_capsules(capsules: Sequence[Capsule], sun: tuple[float, float, float], sunlit: float) -> Patch:
    """Draw limbs from far to near into one patch.

    sun is the unit vector to the sun as (right, down, towards the viewer); sunlit is 1 in the sun, 0 in the shade.
    """
    boxes = np.array([capsule.bounds() for capsule in capsules])
    left, top = floor(boxes[:, 0].min()) - 1, floor(boxes[:, 1].min()) - 1
    width, height = ceil(boxes[:, 2].max()) + 2 - left, ceil(boxes[:, 3].max()) + 2 - top
    layers = np.zeros((height, width, 4), np.float32)
    for capsule in sorted(capsules, key=lambda item: -item.depth):
        _blend(layers, capsule, left, top, sun, sunlit)
    return Patch(left, top, layers[..., :3], layers[..., 3])


def _blend(
    layers: Floats, capsule: Capsule, left: int, top: int, sun: tuple[float, float, float], sunlit: float
) -> None:
    x0, y0, x1, y1 = capsule.bounds()
    column, row = floor(x0) - 1 - left, floor(y0) - 1 - top
    column, row = max(column, 0), max(row, 0)
    x: Floats = np.arange(column + left, ceil(x1) + 2, dtype=np.float32) + 0.5 - capsule.start[0]
    y: Floats = np.arange(row + top, ceil(y1) + 2, dtype=np.float32)[:, None] + 0.5 - capsule.start[1]
    along_x, along_y = capsule.end[0] - capsule.start[0], capsule.end[1] - capsule.start[1]
    length = hypot(along_x, along_y)
    if length > 1e-3:
        place = np.clip((x * along_x + y * along_y) / length**2, 0, 1)
        x, y = x - place * along_x, y - place * along_y
        radius: Floats = capsule.start_radius + (capsule.end_radius - capsule.start_radius) * place
    else:
        radius = np.array(max(capsule.start_radius, capsule.end_radius), np.float32)
    radius = np.maximum(radius, THINNEST_PX)
    squared = (x * x + y * y) / (radius * radius)
    cover = np.clip((1 - np.sqrt(squared)) * radius + 0.5, 0, 1)
    towards = np.sqrt(np.maximum(1 - squared, 0))
    facing = np.maximum((x * sun[0] + y * sun[1]) / radius + towards * sun[2], 0)
    # The lower side gets less sky and the outline less of everything, which keeps limbs apart from the trunk.
    brightness = AMBIENT * (0.78 + 0.22 * towards - 0.1 * y / radius) + SUNLIGHT * sunlit * facing
    patch = layers[row : row + cover.shape[0], column : column + cover.shape[1]]
    patch *= (1 - cover)[..., None]
    lit = brightness * cover
    for channel in range(3):
        patch[..., channel] += lit * capsule.colour[channel]
    patch[..., 3] += cover
