"""Load a detector by name: the one line to touch when another implementation is added."""

from __future__ import annotations

from pathlib import Path

from detection.detect.base import Detector, DetectorError
from detection.detect.builtin import BuiltinDetector
from detection.detect.fitted import FittedDetector
from detection.detect.onnx import CONFIDENCE, OnnxDetector


def load_detector(name_or_path: str, *, confidence: float = CONFIDENCE, threads: int = 1) -> Detector:
    """Return "builtin" or the detector in an .onnx file; raises DetectorError with a full sentence.

    confidence, threads: of the one in a file; see OnnxDetector.
    """
    if name_or_path == BuiltinDetector.name:
        return BuiltinDetector()
    if name_or_path.lower().endswith(".onnx"):
        path = Path(name_or_path).expanduser()
        return FittedDetector(lambda size: OnnxDetector(path, confidence=confidence, threads=threads, size=size))
    raise DetectorError(f"There is no detector '{name_or_path}'. Use 'builtin' or the path of an .onnx file.")
