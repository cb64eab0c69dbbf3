"""Score frames by how badly an autoencoder, trained on normal frames only, paints them again."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.score.base import Reading, Scene, Seen
from detection.score.learned.folder import ModelError, read_model
from detection.score.learned.network import Floats, Network
from detection.score.learned.smoothing import Smooth
from detection.score.learned.tail import Tail, score_of
from detection.types import FrameScore, Image, ScorePart

KIND = "autoencoder"
MODEL_FILE = "model.onnx"
INPUTS = ("picture",)
OUTPUTS = ("repainted",)
SIDE = 64
PLACES = 4
"""The picture is told in PLACES × PLACES places."""
SMOOTH_S = 0.45
NAMED_PARTS = 3
_ROWS = ("top", "upper middle", "lower middle", "bottom")
_COLUMNS = ("left", "centre left", "centre right", "right")


def small_grey(image: Image) -> NDArray[np.uint8]:
    """Return the picture at the network's size: (SIDE, SIDE), uint8, grey."""
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def small_picture(image: Image) -> Floats:
    """Return what the network sees: (1, SIDE, SIDE), float32, grey, 0–1."""
    return _as_input(small_grey(image))


def _as_input(grey: NDArray[np.uint8]) -> Floats:
    return np.asarray(grey, np.float32)[None] / np.float32(255.0)


def errors_by_place(pictures: Floats, repainted: Floats) -> NDArray[np.float64]:
    """Return the mean squared error of each place, (n, PLACES × PLACES), for pictures (n, 1, SIDE, SIDE)."""
    cell = SIDE // PLACES
    squares = (pictures - repainted).astype(np.float64) ** 2
    cells = squares.reshape(-1, PLACES, cell, PLACES, cell)
    return np.asarray(cells.mean(axis=(2, 4)).reshape(-1, PLACES * PLACES))


class AutoencoderScorer:
    """Score one camera by the reconstruction error of the whole picture, told by place. Not thread-safe.

    The error is smoothed over SMOOTH_S, and scored by how rare it was on normal footage that the network had not seen.
    """

    name = KIND
    reads = f"grey{SIDE}"

    def __init__(self, path: Path) -> None:
        """Open a model folder; raises ModelError for a foreign or damaged one."""
        folder = read_model(path, KIND)
        self.version = folder.version
        self.threshold = float(folder.field("threshold"))
        self._network = Network(folder, INPUTS, OUTPUTS)
        places = np.asarray(folder.field("usual_by_place"), np.float64)
        if places.shape != (PLACES * PLACES, 2):
            raise ModelError(f"The model '{folder.name}' does not tell the usual error of {PLACES * PLACES} places.")
        self._places = places
        try:
            self._tail = Tail.from_json(folder.field("calibration"))
        except ValueError as error:
            raise ModelError(f"The model '{folder.name}' cannot be used: {error}") from error
        self._smooth = Smooth(SMOOTH_S)
        self._read_once = False
        self._grey: NDArray[np.uint8] | None = None
        self._errors: NDArray[np.float64] | None = None

    def read(self, scene: Scene) -> Seen:
        """Return the picture at the network's size, `grey`: (SIDE, SIDE), uint8; nothing of a still one but the first.

        What looks like the last picture has its errors.
        """
        if not scene.moved and self._read_once:
            return {}
        grey = small_grey(scene.image)
        self._read_once = True
        return {"grey": grey}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame; nothing is learned here. Raises ModelError on a fault."""
        if "grey" in reading.seen:
            self._grey, self._errors = reading.seen["grey"], None
        if self._grey is None:
            return FrameScore(0.0, warming_up=True)
        if self._errors is None:
            picture = _as_input(self._grey)[None]
            self._errors = errors_by_place(picture, self._network.run({"picture": picture})[0])[0]
        errors = self._errors
        raw = self._smooth.add(float(errors.mean()), reading.at_s)
        return FrameScore(score_of(float(self._tail.surprise(raw))), self._explain(errors))

    def _explain(self, errors: NDArray[np.float64]) -> tuple[ScorePart, ...]:
        """Name the places whose error lies furthest over their usual one, in widths of the usual range."""
        low, high = self._places.T
        over = np.maximum(0.0, (errors - high) / np.maximum(high - low, 1e-9))
        worst = [i for i in np.argsort(-over) if over[i] > 0.0]
        whole = sum(float(over[i]) for i in worst)
        return tuple(
            ScorePart(
                name=f"picture, {_ROWS[i // PLACES]} {_COLUMNS[i % PLACES]}",
                value=float(errors[i]),
                usual_low=float(low[i]),
                usual_high=float(high[i]),
                deviation=float(over[i]),
                share=float(over[i]) / whole,
            )
            for i in worst[:NAMED_PARTS]
        )
