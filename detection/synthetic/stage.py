"""Composes one frame: shadows on the floor, then people, van and bag from far to near, hidden by what is in front."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detection.synthetic.backdrop import Backdrop
from detection.synthetic.camera import Floats, PlazaCamera
from detection.synthetic.canvas import fixed_point
from detection.synthetic.capsule import Patch, draw_capsules
from detection.synthetic.figure import Limb, Look, Stance, bag_limbs, in_picture, limbs
from detection.synthetic.light import SHADE_TINT, shadow_of, sun_in_picture
from detection.synthetic.script import GroundBag
from detection.synthetic.van import Van, draw_van, van_shadow
from detection.types import Box, Image


@dataclass(frozen=True, slots=True)
class Seen:
    """Something composed into a frame: its name, its box clipped to the picture, the share of it that shows (0–1)."""

    name: str
    box: Box
    share: float


class Stage:
    """A frame in the making. Add everything that moves, then call compose once."""

    def __init__(self, camera: PlazaCamera, backdrop: Backdrop) -> None:
        self._camera = camera
        self._backdrop = backdrop
        self._sun = sun_in_picture(camera)
        self._shade = np.zeros((camera.height, camera.width), np.uint8)
        self._patches: list[tuple[float, str, Patch]] = []

    def add_person(self, name: str, look: Look, stance: Stance) -> None:
        self._add_limbs(name, stance.x, stance.y, limbs(look, stance))

    def add_bag(self, name: str, bag: GroundBag) -> None:
        middle = np.array((bag.x, bag.y, 0.15), np.float32)
        self._add_limbs(name, bag.x, bag.y, bag_limbs(middle, bag.heading, bag.colour))

    def add_van(self, name: str, van: Van, place: tuple[float, float, float]) -> None:
        for outline in van_shadow(place):
            pixels, _ = self._camera.project(outline)
            cv2.fillConvexPoly(self._shade, fixed_point(pixels), 255, cv2.LINE_AA, 4)
        self._add(name, place[0], place[1], draw_van(van, place, self._camera))

    def compose(self) -> tuple[Image, list[Seen]]:
        """Return the picture (height, width, 3) and what is to be seen in it."""
        picture = self._shadowed_floor()
        seen = []
        for depth, name, patch in sorted(self._patches, key=lambda item: -item[0]):
            box = self._place(picture, depth, patch)
            if box is not None:
                seen.append(Seen(name, *box))
        return np.clip(picture, 0, 255).astype(np.uint8), seen

    def _add_limbs(self, name: str, x: float, y: float, parts: list[Limb]) -> None:
        self._cast_shadow(parts)
        self._add(name, x, y, draw_capsules(in_picture(parts, self._camera), self._sun, self._sunlit(x, y)))

    def _add(self, name: str, x: float, y: float, patch: Patch) -> None:
        self._patches.append((self._camera.depth_at(x, y), name, patch))

    def _sunlit(self, x: float, y: float) -> float:
        (column, row), _ = self._camera.project(np.array((x, y, 0), np.float32))
        row, column = min(max(int(row), 0), self._camera.height - 1), min(max(int(column), 0), self._camera.width - 1)
        return float(self._backdrop.ground_sun[row, column])

    def _cast_shadow(self, parts: list[Limb]) -> None:
        ends = np.array([(part.start, part.end) for part in parts], np.float32)
        pixels, depths = self._camera.project(shadow_of(ends))
        points = fixed_point(pixels)
        for part, (start, end), depth in zip(parts, points.tolist(), depths.mean(axis=1).tolist(), strict=True):
            radius = (part.start_radius + part.end_radius) / 2 * self._camera.focal_px / depth
            cv2.line(self._shade, start, end, 255, max(1, round(1.7 * radius)), cv2.LINE_AA, 4)

    def _shadowed_floor(self) -> Floats:
        picture = self._backdrop.image.astype(np.float32)
        rows, columns = np.flatnonzero(self._shade.any(axis=1)), np.flatnonzero(self._shade.any(axis=0))
        if not len(rows):
            return picture
        area = (slice(max(rows[0] - 2, 0), rows[-1] + 3), slice(max(columns[0] - 2, 0), columns[-1] + 3))
        soft = cv2.GaussianBlur(self._shade[area], (3, 3), 0).astype(np.float32) / 255
        soft *= self._backdrop.shadow_room[area]
        picture[area] *= 1 - soft[..., None] * (1 - SHADE_TINT)
        return picture

    def _place(self, picture: Floats, depth: float, patch: Patch) -> tuple[Box, float] | None:
        """Lay a patch over the picture; return its box and the share of it that shows, None when it is outside."""
        height, width = patch.cover.shape
        left, top = max(patch.left, 0), max(patch.top, 0)
        right, bottom = min(patch.left + width, self._camera.width), min(patch.top + height, self._camera.height)
        if left >= right or top >= bottom:
            return None
        inside = (slice(top - patch.top, bottom - patch.top), slice(left - patch.left, right - patch.left))
        free = self._free(depth, left, top, right, bottom)
        cover = patch.cover[inside] * free
        area = picture[top:bottom, left:right]
        area *= (1 - cover)[..., None]
        area += patch.colour[inside] * free[..., None]
        share = float(cover.sum()) / max(float(patch.cover.sum()), 1e-6)
        rows, columns = np.flatnonzero((cover > 0.5).any(axis=1)), np.flatnonzero((cover > 0.5).any(axis=0))
        if not len(rows) or not len(columns):
            return None
        box = (left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1)
        return (float(box[0]), float(box[1]), float(box[2]), float(box[3])), share

    def _free(self, depth: float, left: int, top: int, right: int, bottom: int) -> Floats:
        """Return how much of each pixel nothing fixed hides at this depth, 0–1."""
        free = np.ones((bottom - top, right - left), np.float32)
        for item in self._backdrop.occluders:
            height, width = item.cover.shape
            x0, y0 = max(left, item.left), max(top, item.top)
            x1, y1 = min(right, item.left + width), min(bottom, item.top + height)
            if item.depth < depth and x0 < x1 and y0 < y1:
                cover = item.cover[y0 - item.top : y1 - item.top, x0 - item.left : x1 - item.left]
                free[y0 - top : y1 - top, x0 - left : x1 - left] *= 1 - cover
        return free
