"""Load a detector by name: the one line to touch when another implementation is added."""

from __future__ import annotations

from pathlib import Path

from detection.detect.base import Detector, DetectorError
from detection.detect.builtin import BuiltinDetector
from detection.detect.onnx import OnnxDetector


def load_detector(name_or_path: str) -> Detector:
    """Return "builtin" or the detector in an .onnx file; raises DetectorError with a full sentence."""
    if name_or_path == BuiltinDetector.name:
        return BuiltinDetector()
    if name_or_path.lower().endswith(".onnx"):
        return OnnxDetector(Path(name_or_path).expanduser())
    raise DetectorError(f"There is no detector '{name_or_path}'. Use 'builtin' or the path of an .onnx file.")
