"""Run a trained network through ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detection.score.learned.folder import ModelError, ModelFolder

LOG_FATAL = 4

Floats = NDArray[np.float32]


class Network:
    """One ONNX network with named float32 inputs; one thread, since many cameras share the cores."""

    def __init__(self, folder: ModelFolder, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Open the network; raises ModelError when the file is no such network."""
        self._name = folder.name
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = LOG_FATAL  # a broken file is told once, by the error below
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(folder.model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own unrelated classes
            raise ModelError(f"The model '{folder.name}' is not a readable ONNX network: {_line(error)}") from error
        there = (tuple(i.name for i in self._session.get_inputs()), tuple(o.name for o in self._session.get_outputs()))
        if there != (inputs, outputs):
            raise ModelError(
                f"The network of the model '{folder.name}' goes from {', '.join(there[0])} to {', '.join(there[1])}, "
                f"where {', '.join(inputs)} to {', '.join(outputs)} is wanted."
            )
        self._outputs = outputs

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        """Return the outputs in order; raises ModelError when the network fails or answers what is not finite."""
        try:
            answers = [np.asarray(a, np.float32) for a in self._session.run(list(self._outputs), dict(inputs))]
        except Exception as error:  # onnxruntime raises its own unrelated classes
            raise ModelError(f"The model '{self._name}' failed on a frame: {_line(error)}") from error
        if not all(np.isfinite(a).all() for a in answers):
            raise ModelError(f"The model '{self._name}' answered values that are not finite.")
        return answers


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") + "."
