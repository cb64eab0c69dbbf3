"""Detect with a YOLO network in an ONNX file."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence
from copy import copy
from pathlib import Path

import numpy as np

from detection.detect.base import MAX_DETECTIONS, DetectorError
from detection.detect.coco import COCO_NAMES
from detection.detect.engines import Engine, OnnxRuntimeEngine, first_line
from detection.detect.reshape import Size
from detection.detect.yolo import Family, Floats, blob, decode, letterbox, recognise, suppress
from detection.types import Detection, Image

CONFIDENCE = 0.35
OVERLAP = 0.5
DEFAULT_SIDE = 416
"""Input side of a network that takes any size; a multiple of 32."""


class OnnxDetector:
    """Run a YOLOX-shaped or YOLOv8/11-shaped network; which of the two is seen from its output.

    Raises DetectorError, naming the file, when it is missing, is not an ONNX model, or is not such a detector. An
    engine uses `threads` threads: with one micro-batching thread per process more would only fight over the cores.
    `size` gives the network another input than its own; raises ReshapeError when it cannot be.
    """

    def __init__(
        self, path: Path, *, confidence: float = CONFIDENCE, threads: int = 1, size: Size | None = None
    ) -> None:
        self._path = path
        self._confidence = confidence
        reference = OnnxRuntimeEngine(path, size=size, threads=threads)
        self._session = reference.session
        self._engine: Engine = reference
        self._height, self._width = self._input_size()
        self._family, classes = self._recognise()
        self._names = self._class_names(classes)
        self.name = path.stem
        self.digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.version = f"{self._family}-{self.digest[:12]}"

    def through(self, engine: Engine, confidence: float | None = None) -> OnnxDetector:
        """Return the same detector run by another engine, and so the same objects as far as that one is exact."""
        other = copy(self)
        other._engine = engine
        other._confidence = self._confidence if confidence is None else confidence
        return other

    @property
    def engine(self) -> str:
        """Return which runtime and precision runs it."""
        return self._engine.name

    @property
    def size(self) -> Size:
        """Return the height and the width of the network's input."""
        return self._height, self._width

    @property
    def input_name(self) -> str:
        """Return what the network calls its input."""
        return str(self._session.get_inputs()[0].name)

    def input_of(self, image: Image) -> Floats:
        """Return what the network is given of a picture: (1, 3, height, width), float32."""
        return blob(letterbox(image, self._height, self._width)[0], self._family)[None]

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture; see Detector.detect. `cameras` is not used: nothing is learned."""
        if not images:
            return []
        boxed = [letterbox(image, self._height, self._width) for image in images]
        inputs = np.stack([blob(canvas, self._family) for canvas, _ in boxed])
        outputs = self._run(inputs)
        return [
            self._read(output, scale, image) for output, (_, scale), image in zip(outputs, boxed, images, strict=True)
        ]

    def forget(self, camera: str) -> None:
        """Do nothing: this detector keeps nothing of a camera."""

    def _run(self, inputs: Floats) -> Floats:
        step = self._engine.batch or len(inputs)
        outputs = []
        for start in range(0, len(inputs), step):
            part = inputs[start : start + step]
            missing = step - len(part)
            padded = np.concatenate([part, np.zeros((missing, *part.shape[1:]), np.float32)]) if missing else part
            try:
                result = self._engine.run(padded)
            except Exception as error:  # each runtime raises its own unrelated classes
                raise DetectorError(f"The model {self._path.name} failed on a picture: {first_line(error)}") from error
            outputs.append(result[: len(part)])
        return np.concatenate(outputs)

    def _read(self, output: Floats, scale: float, image: Image) -> list[Detection]:
        raw = decode(output, self._family, self._height, self._width, self._confidence)
        height, width = image.shape[:2]
        limit = np.array([width, height, width, height], np.float32)
        found = []
        for i in suppress(raw, OVERLAP)[:MAX_DETECTIONS]:
            left, top, right, bottom = (float(v) for v in np.clip(raw.boxes[i] / scale, 0.0, limit))
            if right - left >= 1 and bottom - top >= 1:
                label = self._names[int(raw.classes[i])]
                found.append(Detection((left, top, right, bottom), label, float(min(1.0, raw.scores[i]))))
        return found

    def _input_size(self) -> Size:
        inputs = self._session.get_inputs()
        shape = inputs[0].shape
        if len(inputs) != 1 or len(shape) != 4 or shape[1] != 3 or inputs[0].type != "tensor(float)":
            raise self._foreign(f"its input is {inputs[0].type} {shape}")
        height, width = (side if isinstance(side, int) else DEFAULT_SIDE for side in shape[2:])
        return height, width

    def _recognise(self) -> tuple[Family, int]:
        empty = np.zeros((1, 3, self._height, self._width), np.float32)
        shape = self._run(empty).shape
        known = recognise(shape, self._height, self._width)
        if known is None:
            raise self._foreign(f"its output is {shape}")
        return known

    def _class_names(self, classes: int) -> tuple[str, ...]:
        """Take the names from the file when it brings them (Ultralytics exports do), else COCO's."""
        written = self._session.get_modelmeta().custom_metadata_map.get("names", "")
        try:
            names = ast.literal_eval(written) if written else None
        except (ValueError, SyntaxError):
            names = None
        if isinstance(names, dict) and sorted(names) == list(range(classes)):
            return tuple(str(names[i]) for i in range(classes))
        if classes == len(COCO_NAMES):
            return COCO_NAMES
        return tuple(f"class {i}" for i in range(classes))

    def _foreign(self, what: str) -> DetectorError:
        return DetectorError(
            f"The model {self._path.name} is not a detector of a known shape: {what}. "
            "Use a YOLOX or a YOLOv8/11 detection export without built-in suppression."
        )
