"""Run a network on this machine: the same ONNX file through several runtimes and precisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime as ort

from detection.detect.base import DetectorError
from detection.detect.reshape import ReshapeError, Size, reshaped
from detection.detect.yolo import Floats

LOG_FATAL = 4
GPU_PROVIDERS = ("TensorrtExecutionProvider", "CUDAExecutionProvider")
"""What a build of ONNX Runtime for graphics processors offers, the quicker first."""


class Engine(Protocol):
    """One network, opened; batch: how many pictures it takes at once, exactly, or None for any number."""

    batch: int | None

    @property
    def name(self) -> str:
        """Return which runtime and precision it is, for people: "OpenVINO bf16"."""

    def run(self, inputs: Floats) -> Floats:
        """Return the first output for (n, 3, height, width), float32; raises what the runtime raises."""


class OnnxRuntimeEngine:
    """ONNX Runtime, the input at another size if one is given, and open for batches if wished.

    Raises DetectorError, naming the file, for one that is no readable model, and ReshapeError for one that cannot be
    given the size.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: Size | None = None,
        any_batch: bool = False,
        threads: int = 1,
        provider: str = "CPUExecutionProvider",
    ) -> None:
        if not path.is_file():
            raise DetectorError(f"There is no model file {path.name} in {path.parent}.")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = LOG_FATAL  # a broken file is told once, by the error below
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            source = str(path) if size is None and not any_batch else reshaped(path, size, any_batch=any_batch)
            self.session = ort.InferenceSession(source, options, providers=[provider])
        except ReshapeError:
            raise
        except Exception as error:  # onnxruntime raises its own unrelated classes
            raise DetectorError(
                f"The file {path.name} is not a readable ONNX model: {first_line(error)} Fetch it again."
            ) from error
        first = self.session.get_inputs()[0]
        self._input = first.name
        self.batch = first.shape[0] if isinstance(first.shape[0], int) else None
        self.name = f"ONNX Runtime {provider.removesuffix('ExecutionProvider')}"

    def run(self, inputs: Floats) -> Floats:
        """Return the first output; see Engine.run."""
        return np.asarray(self.session.run(None, {self._input: inputs})[0], np.float32)


class OpenVinoEngine:
    """OpenVINO on the processor, at a precision: "f32", "bf16", or "int8" for a file that was quantised.

    Raises what OpenVINO raises: it is only ever tried beside an engine that works.
    """

    def __init__(self, path: Path, precision: str, *, size: Size | None = None, threads: int = 1) -> None:
        import openvino  # here: it takes a second, and only a detector's file needs it

        hints: dict[str, Any] = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
        if precision != "int8":
            hints["INFERENCE_PRECISION_HINT"] = precision
        core = openvino.Core()
        model = core.read_model(path) if size is None else core.read_model(reshaped(path, size))
        first = model.input(0).partial_shape[0]
        self.batch = first.get_length() if first.is_static else None
        self._request = core.compile_model(model, "CPU", hints).create_infer_request()
        self.name = f"OpenVINO {precision}"

    def run(self, inputs: Floats) -> Floats:
        """Return the first output; see Engine.run."""
        answers = self._request.infer({0: inputs}, share_inputs=True)
        return np.array(answers[0], np.float32)


def gpu_providers() -> list[str]:
    """Return the providers for graphics processors that this build of ONNX Runtime has, the quicker first."""
    return [provider for provider in GPU_PROVIDERS if provider in ort.get_available_providers()]


def first_line(error: Exception) -> str:
    """Return the first line of an error's text, with a full stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."
