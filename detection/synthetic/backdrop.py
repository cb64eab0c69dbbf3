"""The part of the picture that never moves, painted once at twice the size and scaled down for smooth edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detection.synthetic.camera import Floats, PlazaCamera
from detection.synthetic.canvas import Pixels, fill_world
from detection.synthetic.facade import FRONT_Y_M, paint_awnings, paint_houses
from detection.synthetic.light import SHADE_TINT
from detection.synthetic.paving import paving
from detection.synthetic.planting import standing_layers
from detection.types import Image

OVERSAMPLING = 2


@dataclass(frozen=True, slots=True)
class Occluder:
    """Something fixed that hides what passes behind it: its depth in metres, where it is, and its cover 0–1."""

    depth: float
    left: int
    top: int
    cover: Floats


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The empty plaza.

    image: (height, width, 3) BGR. shadow_room: (height, width), how much a new shadow can darken a pixel: 1 on sunlit
    floor, 0 on walls and in the shade. ground_sun: the same for the floor alone, 0–1, also where something stands.
    """

    image: Image
    shadow_room: Floats
    ground_sun: Floats
    occluders: tuple[Occluder, ...]


def paint_backdrop(camera: PlazaCamera, rng: np.random.Generator) -> Backdrop:
    """Paint the plaza without anybody on it; takes about a second and a half."""
    large = PlazaCamera(camera.width * OVERSAMPLING, camera.height * OVERSAMPLING)
    picture = paving(large, rng)
    houses = paint_houses(large, picture, rng)
    layers, shadow = standing_layers(large, rng)
    _foreground_shadow(shadow, large)
    softness = 2 * round(large.width / 640) + 1
    shade = cv2.GaussianBlur(shadow, (softness, softness), 0).astype(np.float32) / 255
    shade[houses] = 0
    picture *= 1 - shade[..., None] * (1 - SHADE_TINT)

    canvas = np.clip(picture, 0, 255).astype(np.uint8)
    paint_awnings(large, canvas, rng)
    room = 1 - shade
    room[houses] = 0
    ground_sun = _scaled(room, camera)
    occluders = [_occluder(FRONT_Y_M * 0.97, _scaled(houses.astype(np.float32), camera))]
    for layer in layers:
        cover = layer.cover.astype(np.float32)[..., None] / 255
        canvas = (canvas * (1 - cover) + layer.colour * cover).astype(np.uint8)
        room *= 1 - cover[..., 0]
        occluders.append(_occluder(layer.depth, _scaled(cover[..., 0], camera)))
    return Backdrop(
        image=_vignette(_scaled(canvas.astype(np.float32), camera)),
        shadow_room=_scaled(room, camera),
        ground_sun=ground_sun,
        occluders=tuple(occluders),
    )


def _scaled(large: Floats, camera: PlazaCamera) -> Floats:
    """Scale a picture or mask down to the camera's size."""
    return np.asarray(cv2.resize(large, (camera.width, camera.height), interpolation=cv2.INTER_AREA), np.float32)


def _foreground_shadow(shadow: Pixels, camera: PlazaCamera) -> None:
    """Add the shadow of the roof that the camera hangs on: it frames the picture's lower edge."""
    roof = [(-9, 4), (-9, 9.3), (-4.6, 9.0), (-4.3, 8.2), (-2.6, 8.1), (-2.5, 7.5), (9, 6.7), (9, 4)]
    fill_world(shadow, camera, [(x, y, 0.0) for x, y in roof], (255,))


def _occluder(depth: float, cover: Floats) -> Occluder:
    rows, columns = np.flatnonzero(cover.max(axis=1) > 0), np.flatnonzero(cover.max(axis=0) > 0)
    if not len(rows):
        return Occluder(depth, 0, 0, cover[:0, :0])
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    return Occluder(depth, left, top, np.ascontiguousarray(cover[top:bottom, left:right]))


def _vignette(image: Floats) -> Image:
    """Darken the corners a little, as the lens does."""
    height, width = image.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    falloff = 1 - 0.1 * (x**2 + y**2)
    return np.asarray(np.clip(image * falloff[..., None] * 1.02, 0, 255), np.uint8)
