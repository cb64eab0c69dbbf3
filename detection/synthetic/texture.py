"""Random textures that repeat without a seam, looked up by world coordinates."""

from __future__ import annotations

import cv2
import numpy as np

from detection.synthetic.camera import Floats

TEXTURE_PX = 512


def cloud_texture(rng: np.random.Generator, cells: int, octaves: int = 4) -> Floats:
    """Return smooth value noise (512, 512), mean 0, about -1 to 1, that tiles in both directions."""
    total = np.zeros((TEXTURE_PX, TEXTURE_PX), np.float32)
    for octave in range(octaves):
        size = cells * 2**octave
        grid = rng.uniform(-1, 1, (size, size)).astype(np.float32)
        padded = np.pad(grid, 2, mode="wrap")
        step = TEXTURE_PX / size
        large = cv2.resize(padded, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        margin = round(2 * step)
        total += large[margin : margin + TEXTURE_PX, margin : margin + TEXTURE_PX] * 0.55**octave
    return total


def sample(texture: Floats, u: Floats, v: Floats, period: float) -> Floats:
    """Look a texture up at coordinates u, v (same shape), which repeat every `period` units."""
    scale = TEXTURE_PX / period
    return np.asarray(
        cv2.remap(
            texture,
            np.mod(u * scale, TEXTURE_PX).astype(np.float32),
            np.mod(v * scale, TEXTURE_PX).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        ),
        np.float32,
    )


def tile_random(column: Floats, row: Floats, rng: np.random.Generator) -> Floats:
    """Return one random number 0–1 for every tile, the same wherever the tile is seen."""
    table = rng.random((64, 64)).astype(np.float32)
    return table[np.mod(row, 64).astype(np.int32), np.mod(column, 64).astype(np.int32)]
