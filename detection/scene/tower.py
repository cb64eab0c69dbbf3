"""Run one of CLIP's two networks, or say by name why the file is not it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detection.scene.errors import SceneError

Floats = NDArray[np.float32]
Kind = Literal["vision", "text"]

LOG_FATAL = 4
WAY_OUT = "Check it with `manage.py models verify clip-vit-b32`, and fetch it again with `manage.py models pull`."
GIVES: dict[Kind, str] = {"vision": "image_embeds", "text": "text_embeds"}
LEAST_LENGTH = 1e-6


class Tower:
    """One network of CLIP in an ONNX file, on one thread; safe from several threads.

    Raises SceneError, naming the file, when it is missing, cut off, or takes and gives what CLIP does not.
    """

    def __init__(self, path: Path, kind: Kind) -> None:
        import onnxruntime as ort  # here: it is large, and whoever only edits sentences does not need it

        need_file(path)
        self.name, self._gives = path.name, GIVES[kind]
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = LOG_FATAL  # a broken file is told once, by the error below
        try:
            self._session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own unrelated classes
            raise SceneError(
                f"The file {path.name} is cut off, damaged or no ONNX model: {first_line(error)} {WAY_OUT}"
            ) from error
        self.inputs: dict[str, Any] = {given.name: given for given in self._session.get_inputs()}
        if self._gives not in [given.name for given in self._session.get_outputs()]:
            raise self.foreign(kind)

    def foreign(self, kind: Kind) -> SceneError:
        """Return the error that says what the file takes and gives."""
        takes = ", ".join(f"{name} {list(given.shape)}" for name, given in self.inputs.items()) or "nothing"
        gives = ", ".join(given.name for given in self._session.get_outputs())
        return SceneError(
            f"The file {self.name} is another model, not CLIP's {kind} tower: it takes {takes} and gives {gives}. "
            f"{WAY_OUT}"
        )

    def run(self, given: dict[str, NDArray[Any]], rows: int) -> Floats:
        """Return one vector of unit length for each row, (rows, n), float32.

        Raises SceneError when the network fails, or answers another shape or values that are not finite.
        """
        try:
            answer = np.asarray(self._session.run([self._gives], given)[0], np.float32)
        except Exception as error:  # as above
            raise SceneError(f"The model {self.name} failed: {first_line(error)} {WAY_OUT}") from error
        if answer.ndim != 2 or len(answer) != rows or not answer.shape[1]:
            raise SceneError(
                f"The model {self.name} answered {list(answer.shape)} for {rows}, not one vector each. {WAY_OUT}"
            )
        if not np.isfinite(answer).all():
            raise SceneError(f"The model {self.name} answered values that are not finite. {WAY_OUT}")
        return unit(answer)


def unit(vectors: Floats) -> Floats:
    """Return rows of length 1, (n, d), float32; a row of zeros stays one."""
    exact = vectors.astype(np.float64)
    lengths = np.sqrt((exact * exact).sum(axis=1, keepdims=True))
    return np.asarray(exact / np.maximum(lengths, LEAST_LENGTH), np.float32)


def need_file(path: Path) -> None:
    """Raise SceneError when a file of the model is not there or empty."""
    if not path.is_file():
        raise SceneError(
            f"There is no file {path.name} in {path.parent}. Fetch it with `manage.py models pull clip-vit-b32`."
        )
    if path.stat().st_size == 0:
        raise SceneError(f"The file {path.name} is empty (0 bytes). {WAY_OUT}")


def dynamic_or(size: object, wanted: Sequence[int]) -> bool:
    """Tell whether one side of an input is open, or one of those wanted."""
    return not isinstance(size, int) or size in wanted


def first_line(error: BaseException) -> str:
    """Return the first line of an error, with a full stop."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".") + "."
