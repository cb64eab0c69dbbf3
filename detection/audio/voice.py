"""Tell whether somebody speaks, with Silero's voice activity network, which the package faster-whisper brings."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from detection.audio.chunk import AudioError, Samples

STEP = 512
"""Samples that the network judges at once: 32 ms."""
CONTEXT = 64
STATE = (1, 1, 128)
LIKELY = 0.5
LOG_FATAL = 4


class VoiceModel:
    """Silero VAD, shared by the cameras of a process; thread-safe. Raises AudioError when the package lacks it."""

    def __init__(self) -> None:
        import onnxruntime as ort  # here: it is large, and whoever only reads a source does not need it

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = LOG_FATAL
        path = _bundled()
        try:
            self._session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own unrelated classes
            raise AudioError(f"{path.name} is not a readable voice model. Install faster-whisper again.") from error
        self._lock = threading.Lock()

    def speech_share(self, samples: Samples) -> float:
        """Return the share of 32 ms steps in which somebody speaks, 0–1."""
        whole = samples[len(samples) % STEP :]
        if not len(whole):
            return 0.0
        steps = whole.reshape(-1, STEP)
        before = np.concatenate([np.zeros((1, CONTEXT), np.float32), steps[:-1, -CONTEXT:]])
        batch = np.concatenate([before, steps], axis=1)
        state = np.zeros(STATE, np.float32)
        with self._lock:
            given = {"input": batch, "h": state, "c": state}
            likely = np.asarray(self._session.run(None, given)[0], np.float64).reshape(-1)
        if not np.isfinite(likely).all():
            raise AudioError("The voice model answered values that are not finite.")
        return float((likely >= LIKELY).mean())


def _bundled() -> Path:
    package = find_spec("faster_whisper")
    if package is None or package.origin is None:
        raise AudioError("Voice activity needs the package faster-whisper, which is not installed.")
    found = sorted((Path(package.origin).parent / "assets").glob("silero_vad*.onnx"))
    if not found:
        raise AudioError("This build of faster-whisper brings no voice model.")
    return found[-1]
