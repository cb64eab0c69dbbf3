"""The plaza's floor: granite slabs, dark bands, and rings of setts around the fountain."""

from __future__ import annotations

import numpy as np

from detection.synthetic.camera import MOUNT_HEIGHT_M, Floats, PlazaCamera
from detection.synthetic.texture import cloud_texture, sample, tile_random

FOUNTAIN_AT = (2.9, 19.0)
RING_INNER_M = 2.5
RING_OUTER_M = 4.6
BAND_EVERY_M = 6.0
BAND_WIDTH_M = 0.5

SLAB_BGR = np.array((168, 184, 196), np.float32)
BAND_BGR = np.array((122, 128, 134), np.float32)
SETT_BGR = np.array((148, 170, 190), np.float32)


def _line(distance: Floats, width_m: float, footprint: Floats) -> Floats:
    """Return how much of a pixel a line covers, 0–1; a line thinner than a pixel fades instead of flickering."""
    inside = np.clip((width_m / 2 - distance) / footprint + 0.5, 0, 1)
    covered: Floats = inside * np.minimum(1.0, width_m / footprint)
    return covered


def ground_points(camera: PlazaCamera) -> tuple[Floats, Floats, Floats]:
    """Return x and y in metres of the ground under every pixel, and its distance; above the horizon it is far away."""
    rays = camera.rays()
    reach = MOUNT_HEIGHT_M / np.maximum(-rays[..., 2], 1e-2)
    return rays[..., 0] * reach, rays[..., 1] * reach, reach


def paving(camera: PlazaCamera, rng: np.random.Generator) -> Floats:
    """Paint the sunlit floor under every pixel: (height, width, 3) BGR, 0–255; rows above the horizon mean nothing."""
    x, y, reach = ground_points(camera)
    across = reach / camera.focal_px
    along = reach * across / MOUNT_HEIGHT_M

    row = np.floor(y / 0.7)
    shifted = x + 0.5 * np.mod(row, 2)
    column = np.floor(shifted / 1.0)
    tone = tile_random(column, row, rng)
    warmth = tile_random(column, row, rng)
    floor = SLAB_BGR * (0.93 + 0.13 * tone)[..., None]
    floor = floor + (warmth - 0.5)[..., None] * np.array((-9, 0, 7), np.float32)
    edge_x = np.abs(np.mod(shifted + 0.5, 1.0) - 0.5)
    edge_y = np.abs(np.mod(y + 0.35, 0.7) - 0.35)
    joint = np.maximum(_line(edge_x, 0.022, across), _line(edge_y, 0.022, along))

    band_x = np.abs(np.mod(x + 1.5 + BAND_EVERY_M / 2, BAND_EVERY_M) - BAND_EVERY_M / 2)
    band_y = np.abs(np.mod(y - 1.0 + BAND_EVERY_M / 2, BAND_EVERY_M) - BAND_EVERY_M / 2)
    band = np.maximum(_line(band_x, BAND_WIDTH_M, across), _line(band_y, BAND_WIDTH_M, along))[..., None]
    floor = floor * (1 - band) + BAND_BGR * (0.94 + 0.12 * warmth)[..., None] * band

    floor, joint = _rings(floor, joint, x, y, along, rng)
    floor = floor * (1 - 0.33 * joint[..., None])

    stains = sample(cloud_texture(rng, 6), x, y, 26.0)
    grain = sample(cloud_texture(rng, 64, octaves=2), x, y, 6.0)
    floor = floor * (1 + 0.045 * stains + 0.03 * grain / (1 + along * 12))[..., None]
    haze = np.clip((reach - 14) / 90, 0, 0.35)[..., None]
    result: Floats = (floor * (1 - haze) + np.array((205, 206, 204), np.float32) * haze).astype(np.float32)
    return result


def _rings(
    floor: Floats, joint: Floats, x: Floats, y: Floats, along: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Lay rings of small setts around the fountain over floor and joints."""
    dx, dy = x - FOUNTAIN_AT[0], y - FOUNTAIN_AT[1]
    radius = np.hypot(dx, dy)
    angle = np.arctan2(dy, dx) / (2 * np.pi)
    ring = np.floor(radius / 0.35)
    sett = np.floor(angle * 96)
    tone = tile_random(sett + 48, ring, rng)
    inside = np.clip((RING_OUTER_M - radius) / along + 0.5, 0, 1)[..., None]
    setts = SETT_BGR * (0.88 + 0.2 * tone)[..., None]
    dark = (np.mod(ring, 5) == 2)[..., None]
    setts = np.where(dark, BAND_BGR * (0.9 + 0.15 * tone)[..., None], setts)
    gaps = np.maximum(
        _line(np.abs(np.mod(radius + 0.175, 0.35) - 0.175), 0.025, along),
        _line(np.abs(np.mod(angle * 96 + 0.5, 1) - 0.5) * radius * 2 * np.pi / 96, 0.025, along),
    )
    border = _line(np.abs(radius - RING_OUTER_M), 0.16, along)
    floor = floor * (1 - inside) + setts * inside
    joint = np.maximum(joint * (1 - inside[..., 0]) + 0.7 * gaps * inside[..., 0], border)
    return floor, joint
