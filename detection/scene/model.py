"""Put pictures and sentences on one scale with CLIP (Radford et al., 2021), run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from detection.scene.errors import SceneError
from detection.scene.picture import SIDE, pixel_values
from detection.scene.text import TEXT, VISION, SceneText, version_of
from detection.scene.tower import WAY_OUT, Floats, Tower, dynamic_or
from detection.types import Image


class SceneModel:
    """CLIP, shared by the cameras of a process; safe from several threads.

    version: what tells two models apart; dimension: of a vector, 512 for ViT-B/32, read from the model.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.version = version
        self._folder = folder
        self._tower = Tower(folder / VISION, "vision")
        taken = self._tower.inputs.get("pixel_values")
        if taken is None or len(self._tower.inputs) != 1 or taken.type != "tensor(float)" or not _fits(taken.shape):
            raise self._tower.foreign("vision")
        self.dimension = self.look(np.full((SIDE, SIDE, 3), 128, np.uint8)).shape[0]

    @classmethod
    def open(cls, folder: Path) -> SceneModel:
        """Return the model of a folder, its vision tower loaded and tried.

        Raises SceneError naming the file that is missing, cut off or another model.
        """
        return cls(folder, version_of(folder))

    def look(self, image: Image) -> Floats:
        """Return the vector of a picture, (dimension,), float32, of unit length.

        image: (height, width, 3), uint8, BGR, of any size. Raises SceneError when the model fails.
        """
        return self._tower.run({"pixel_values": pixel_values(image)}, 1).reshape(-1)

    def read(self, sentences: Sequence[str]) -> Floats:
        """Return a vector of unit length for each sentence, (n, dimension), float32.

        The text tower is opened for it and let go: it takes 250 MB, and sentences change rarely. Raises SceneError
        when it is missing, another model, or has another dimension than the vision tower.
        """
        text = SceneText(self._folder, self.version)
        if text.dimension != self.dimension:
            raise SceneError(
                f"The files {VISION} and {TEXT} are of two models: a picture has {self.dimension} values, "
                f"a sentence {text.dimension}. {WAY_OUT}"
            )
        return text.read(sentences)


def _fits(shape: Sequence[object]) -> bool:
    """Tell whether an input takes one colour picture of 224 × 224."""
    wanted = ((1,), (3,), (SIDE,), (SIDE,))
    return len(shape) == 4 and all(dynamic_or(size, want) for size, want in zip(shape, wanted, strict=True))
