"""Paint small footage: a square that walks over a textured ground, as folders of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from detection.types import Detection, Image

SIDE = 12
SIZE = (48, 64)


def walk(folder: Path, frames: int = 24, speed: float = 1.0, seed: int = 0) -> Path:
    """Write a clip in which a white square moves right by speed pixels a frame, from a place that the seed gives."""
    rng = np.random.default_rng(seed)
    ground = np.kron(np.random.default_rng(9).integers(60, 110, (6, 8), np.uint8), np.ones((8, 8), np.uint8))
    top, start = int(rng.integers(4, 30)), float(rng.uniform(0, 10))
    folder.mkdir(parents=True)
    for i in range(frames):
        image = np.repeat(ground[..., None], 3, axis=2)
        left = round(start + i * speed) % (SIZE[1] - SIDE)
        image[top : top + SIDE, left : left + SIDE] = 255
        cv2.imwrite(str(folder / f"{i:03d}.png"), image)
    return folder


class WhiteDetector:
    """Find the white square, as a person."""

    name = "white"
    version = "1"

    def __init__(self) -> None:
        self.looked = 0

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the box of the white pixels of each picture."""
        self.looked += len(images)
        found = []
        for image in images:
            rows, columns = np.nonzero(image[..., 0] > 240)
            box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
            found.append([Detection(box, "person", 0.9)])
        return found

    def forget(self, camera: str) -> None:
        """Keep nothing."""
