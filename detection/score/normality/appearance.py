"""Describe how objects look with a small network in an ONNX file (`manage.py export_embedder` makes one)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detection.detect.base import DetectorError
from detection.types import Box, Image

SIDE = 64
"""Pixels of a crop's side: people in surveillance pictures have no more, and 224 would cost twelve times as much."""
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
LOG_FATAL = 4


class Embedder:
    """Run a classification backbone without its classifier on crops. Raises DetectorError for a file that is none."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        if not path.is_file():
            raise DetectorError(f"There is no embedding model {path}. Make it with: manage.py export_embedder {path}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = LOG_FATAL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own unrelated classes
            raise DetectorError(f"The file {path.name} is not a readable ONNX model.") from error
        self._input = self._session.get_inputs()[0].name
        self.version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]

    def embed(self, image: Image, boxes: Sequence[Box]) -> NDArray[np.float32]:
        """Return one unit vector per box, (boxes, size), float32; image: (height, width, 3), uint8, BGR."""
        if not boxes:
            return np.zeros((0, 1), np.float32)
        crops = np.stack([_crop(image, box) for box in boxes])
        values = (crops[..., ::-1].astype(np.float32) / 255.0 - MEAN) / DEVIATION
        raw = self._session.run(None, {self._input: np.ascontiguousarray(values.transpose(0, 3, 1, 2))})[0]
        looks = np.asarray(raw, np.float32).reshape(len(boxes), -1)
        return np.asarray(looks / np.maximum(np.linalg.norm(looks, axis=1, keepdims=True), 1e-6), np.float32)


def _crop(image: Image, box: Box) -> Image:
    height, width = image.shape[:2]
    x0, y0 = min(max(0, int(box[0])), width - 1), min(max(0, int(box[1])), height - 1)
    x1, y1 = max(x0 + 1, int(np.ceil(box[2]))), max(y0 + 1, int(np.ceil(box[3])))
    return np.asarray(cv2.resize(image[y0:y1, x0:x1], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)
