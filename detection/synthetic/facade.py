"""The houses behind the plaza: two fronts, a side street between them, awnings over the shops."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detection.synthetic.camera import MOUNT_HEIGHT_M, Floats, PlazaCamera
from detection.synthetic.canvas import fill_world
from detection.synthetic.light import SHADE_TINT
from detection.synthetic.texture import cloud_texture, sample

FRONT_Y_M = 31.0
STREET_END_Y_M = 70.0
STREET_X_M = (-3.4, 0.4)
REVEAL_SHADOW_M = (0.26, 0.36)
"""How far the shadow of a window's edge reaches into it, right and down: 0.2 m of wall under this sun."""


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """Colours (BGR) and rhythm of one front: window and shop axes every so many metres, counted from origin_m."""

    wall: tuple[float, float, float]
    stone: tuple[float, float, float]
    shutter: tuple[float, float, float]
    awning: tuple[float, float, float]
    origin_m: float
    window_every_m: float
    shop_every_m: float
    arched: bool


LEFT_STYLES = (
    HouseStyle((158, 205, 232), (186, 200, 208), (92, 118, 72), (74, 70, 170), -3.4, 2.7, 4.05, False),
    HouseStyle((188, 214, 226), (188, 200, 206), (120, 104, 62), (96, 128, 62), -3.4, 2.7, 4.05, False),
)
RIGHT_STYLES = (
    HouseStyle((112, 150, 208), (184, 200, 212), (74, 92, 66), (120, 96, 60), 0.4, 2.5, 3.75, True),
    HouseStyle((134, 172, 222), (190, 204, 214), (84, 84, 120), (70, 84, 150), 0.4, 2.5, 3.75, True),
)


def _tint(colours: Floats, mask: NDArray[np.bool_], colour: object, strength: float = 1.0) -> None:
    target = np.asarray(colour, np.float32)
    colours[mask] = colours[mask] * (1 - strength) + (target if target.ndim == 1 else target[mask]) * strength


def house_front(u: Floats, z: Floats, style: HouseStyle, rng: np.random.Generator) -> Floats:
    """Paint one sunlit front at positions u along it and z above the ground, in metres: BGR (..., 3)."""
    rough = sample(cloud_texture(rng, 8), u, z, 9.0)
    streaks = sample(cloud_texture(rng, 24, octaves=2), u, z * 0.15, 8.0)
    colours = np.asarray(style.wall, np.float32) * (1 + 0.05 * rough + 0.035 * streaks)[..., None]
    stone = np.asarray(style.stone, np.float32)

    _tint(colours, z < 3.95, stone * 0.93 * (1 + 0.05 * rough)[..., None])
    _tint(colours, (z < 3.95) & (np.mod(z, 0.48) < 0.04), stone * 0.74)
    _tint(colours, z < 0.45, stone * 0.7)
    _shops(colours, u, z, style)
    _tint(colours, (z > 3.95) & (z < 4.3), stone * 1.1)
    _tint(colours, (z > 4.22) & (z < 4.3), stone * 1.2)
    _tint(colours, (z > 3.7) & (z < 3.95), colours * SHADE_TINT)
    _windows(colours, u, z, style)
    return colours


def _shops(colours: Floats, u: Floats, z: Floats, style: HouseStyle) -> None:
    """Cut the ground floor's openings: arches or square shop windows, with what can be seen inside."""
    axis = np.mod(u - style.origin_m, style.shop_every_m)
    number = np.floor((u - style.origin_m) / style.shop_every_m)
    middle = style.shop_every_m / 2
    half = style.shop_every_m * 0.33
    offset = np.abs(axis - middle)
    if style.arched:
        crown = 2.1
        opening = (offset < half) & (z < crown + np.sqrt(np.maximum(half**2 - offset**2, 0)))
        trim = (offset < half + 0.2) & (z < crown + np.sqrt(np.maximum((half + 0.2) ** 2 - offset**2, 0)))
    else:
        opening = (offset < half) & (z < 3.1)
        trim = (offset < half + 0.14) & (z < 3.24)
    _tint(colours, trim & (z > 0.0), np.asarray(style.stone, np.float32) * 1.12)
    warm = 0.5 + 0.5 * np.sin(number * 2.4 + 1.0)
    inside = np.stack((46 + 22 * warm, 56 + 40 * warm, 66 + 58 * warm), axis=-1) * (0.7 + 0.14 * z)[..., None]
    _tint(colours, opening, inside)
    glint = opening & (np.mod(axis * 0.9 + z * 0.6, 1.7) < 0.25)
    _tint(colours, glint, (178, 172, 160), 0.22)
    frame = opening & ((np.abs(np.mod(axis - middle + 0.55, 1.1) - 0.55) < 0.045) | (np.abs(z - 2.3) < 0.05))
    _tint(colours, frame, np.asarray(style.shutter, np.float32) * 0.62)
    _tint(colours, opening & (z < 0.5), np.asarray(style.shutter, np.float32) * 0.72)
    shade = opening & (axis - middle + half < REVEAL_SHADOW_M[0] * 1.6)
    _tint(colours, shade, colours * SHADE_TINT)


def _windows(colours: Floats, u: Floats, z: Floats, style: HouseStyle) -> None:
    """Cut the upper floor's windows: glass that mirrors sky, frames, shutters, sills with flowers."""
    axis = np.mod(u - style.origin_m, style.window_every_m) - style.window_every_m / 2
    offset = np.abs(axis)
    tall = (z > 5.1) & (z < 7.3)
    shutters = tall & (offset < 0.98) & (offset > 0.52)
    _tint(colours, shutters, style.shutter)
    _tint(colours, shutters & (np.mod(z, 0.14) < 0.05), np.asarray(style.shutter, np.float32) * 0.74)
    cast = tall & (axis > 0.98) & (axis < 1.1)
    _tint(colours, cast, colours * SHADE_TINT)
    pane = tall & (offset < 0.5)
    sky = np.stack((62 + 14 * z, 52 + 14 * z, 44 + 13 * z), axis=-1)
    _tint(colours, pane, sky)
    _tint(colours, pane & (np.sin(u * 1.9 + z) > 0.35), (96, 88, 80), 0.55)
    _tint(colours, pane & ((offset < 0.04) | (np.abs(z - 6.4) < 0.04) | (offset > 0.44)), (214, 220, 224))
    reveal = pane & ((axis < -0.5 + REVEAL_SHADOW_M[0]) | (z > 7.3 - REVEAL_SHADOW_M[1]))
    _tint(colours, reveal, colours * SHADE_TINT)
    sill = (z > 4.96) & (z < 5.1) & (offset < 0.62)
    _tint(colours, sill, np.asarray(style.stone, np.float32) * 1.14)
    flowers = (z > 5.08) & (z < 5.32 + 0.06 * np.sin(u * 23)) & (offset < 0.5)
    blossom = np.sin(u * 41) * np.sin(z * 37 + u * 13) > 0.1
    _tint(colours, flowers & ~blossom, (58, 112, 66))
    _tint(colours, flowers & blossom, (86, 78, 206))


def paint_houses(camera: PlazaCamera, picture: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Paint fronts and side street over a picture (height, width, 3), in place; return which pixels they cover."""
    rays = camera.rays()
    reach = FRONT_Y_M / rays[..., 1]
    u = rays[..., 0] * reach
    z = MOUNT_HEIGHT_M + rays[..., 2] * reach
    left = (z > 0) & (u < STREET_X_M[0])
    right = (z > 0) & (u > STREET_X_M[1])
    choice = int(rng.integers(len(LEFT_STYLES)))
    picture[left] = house_front(u, z, LEFT_STYLES[choice], rng)[left]
    picture[right] = house_front(u, z, RIGHT_STYLES[choice], rng)[right]
    foot = (left | right) & (z < 0.12)
    picture[foot] *= 0.8
    _paint_street(camera, picture, ~(left | right) & (u >= STREET_X_M[0]) & (u <= STREET_X_M[1]), rng)
    return left | right


def _paint_street(camera: PlazaCamera, picture: Floats, gap: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Paint what is seen through the gap: two walls, shaded cobbles, a pale house at the end."""
    rays = camera.rays()
    sides = np.where(rays[..., 0] < 0, STREET_X_M[0], STREET_X_M[1])
    to_side = np.where(np.abs(rays[..., 0]) > 1e-4, sides / np.where(rays[..., 0] == 0, 1, rays[..., 0]), 1e6)
    to_end = STREET_END_Y_M / rays[..., 1]
    reach = np.minimum(to_side, to_end).astype(np.float32)
    y = rays[..., 1] * reach
    z = MOUNT_HEIGHT_M + rays[..., 2] * reach
    wall = gap & (z > 0) & (y > FRONT_Y_M)
    at_left = rays[..., 0] < 0
    far_end = to_end < to_side
    side = np.where(at_left[..., None], np.array((118, 132, 146), np.float32), np.array((142, 176, 208), np.float32))
    rough = sample(cloud_texture(rng, 8), y, z, 12.0)
    side = side * (1 + 0.06 * rough)[..., None]
    dark = (np.mod(y, 3.4) < 1.1) & (((z > 1.1) & (z < 2.6)) | ((z > 4.3) & (z < 6.2)))
    side = np.where(dark[..., None], side * 0.62, side)
    end = np.where(
        ((np.mod(rays[..., 0] * reach, 1.9) < 0.8) & (np.mod(z, 3.0) > 1.2))[..., None],
        np.array((158, 162, 160), np.float32),
        np.array((196, 214, 222), np.float32),
    )
    street = np.where(far_end[..., None], end, side)
    haze = np.clip((y - FRONT_Y_M) / 75, 0, 0.6)[..., None]
    picture[wall] = (street * (1 - haze) + np.array((220, 214, 206), np.float32) * haze)[wall]
    on_ground = MOUNT_HEIGHT_M / np.maximum(-rays[..., 2], 1e-3)
    picture[gap & (z <= 0) & (rays[..., 1] * on_ground > FRONT_Y_M)] *= SHADE_TINT * 1.05


def paint_awnings(camera: PlazaCamera, image: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Hang striped awnings over the left house's shops, and their shadow on the wall, on an 8-bit image in place."""
    style = LEFT_STYLES[int(rng.integers(len(LEFT_STYLES)))]
    for number in range(1, 5):
        middle = style.origin_m - (number - 0.5) * style.shop_every_m
        start, stop = middle - 1.6, middle + 1.6
        shade = [(start + 0.3, FRONT_Y_M, 3.1), (stop + 0.5, FRONT_Y_M, 3.1), (stop + 1.1, FRONT_Y_M, 1.9)]
        layer = image.copy()
        fill_world(layer, camera, [*shade, (start + 0.9, FRONT_Y_M, 1.9)], (40, 36, 34))
        image[:] = (image * 0.55 + layer * 0.45).astype(np.uint8)
        stripes = np.linspace(start, stop, 9)
        for index, (a, b) in enumerate(pairwise(stripes)):
            colour = style.awning if index % 2 == 0 else (214, 224, 230)
            near, far, low = FRONT_Y_M - 1.35, FRONT_Y_M, 2.62
            fill_world(image, camera, [(a, far, 3.3), (b, far, 3.3), (b, near, low), (a, near, low)], colour)
            dim = [channel * 0.78 for channel in colour]
            point = (a + b) / 2
            hem = [(point + 0.17, near, 2.38), (point - 0.17, near, 2.38)]
            fill_world(image, camera, [(a, near, low), (b, near, low), *hem], dim)
