"""Read the outputs of YOLO-shaped networks: pure arithmetic, no inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Image

STRIDES = (8, 16, 32)
PAD = 114
MAX_CANDIDATES = 300
"""Boxes that reach suppression, the surest first."""

Family = Literal["yolox", "yolov8"]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Raw:
    """Boxes of one picture, (n, 4) left, top, right, bottom in network pixels; scores (n,) 0–1; classes (n,)."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.intp]


def anchors(height: int, width: int) -> int:
    """Return how many boxes a network of this input size gives, over the three strides."""
    return sum((height // s) * (width // s) for s in STRIDES)


def recognise(shape: tuple[int, ...], height: int, width: int) -> tuple[Family, int] | None:
    """Return the family and the number of classes of an output of this shape, or None for a foreign one.

    YOLOX gives (batch, anchors, 5 + classes), YOLOv8 and 11 give (batch, 4 + classes, anchors).
    """
    if len(shape) != 3:
        return None
    count = anchors(height, width)
    if shape[1] == count and shape[2] > 5:
        return "yolox", shape[2] - 5
    if shape[2] == count and shape[1] > 4:
        return "yolov8", shape[1] - 4
    return None


def letterbox(image: Image, height: int, width: int) -> tuple[Image, float]:
    """Return the picture scaled into (height, width, 3) at the upper left, grey 114 around it, and the scale used."""
    scale = min(height / image.shape[0], width / image.shape[1])
    size = (min(width, max(1, round(image.shape[1] * scale))), min(height, max(1, round(image.shape[0] * scale))))
    canvas = np.full((height, width, 3), PAD, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return canvas, scale


def blob(image: Image, family: Family) -> Floats:
    """Return the network input (3, height, width): raw BGR 0–255 for YOLOX, RGB 0–1 for YOLOv8 and 11."""
    if family == "yolox":
        return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)
    return np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1), np.float32) / np.float32(255)


def decode(output: Floats, family: Family, height: int, width: int, confidence: float) -> Raw:
    """Return the boxes of one picture at or over the confidence.

    output: one picture's (anchors, 5 + classes) or (4 + classes, anchors), float32. YOLOX leaves the grid to the
    reader: centre = (offset + cell) × stride, size = e^size × stride, score = objectness × class. A box that is not
    finite is dropped.
    """
    if family == "yolox":
        cells, strides = _grid(height, width)
        centre = (output[:, :2] + cells) * strides
        size = np.exp(np.minimum(output[:, 2:4], 10.0)) * strides
        scores = output[:, 4:5] * output[:, 5:]
    else:
        centre, size, scores = output[:2].T, output[2:4].T, output[4:].T
    classes = scores.argmax(axis=1)
    best = scores[np.arange(len(scores)), classes]
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=1).astype(np.float32)
    keep = np.flatnonzero((best >= confidence) & np.isfinite(boxes).all(axis=1) & np.isfinite(best))
    keep = keep[np.argsort(-best[keep])][:MAX_CANDIDATES]
    return Raw(boxes[keep], best[keep].astype(np.float32), classes[keep])


def suppress(raw: Raw, overlap: float) -> NDArray[np.intp]:
    """Return the indices that survive non-maximum suppression within each class, the surest first."""
    if len(raw.scores) == 0:
        return np.zeros(0, np.intp)
    ltwh = np.concatenate([raw.boxes[:, :2], raw.boxes[:, 2:] - raw.boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(ltwh.tolist(), raw.scores.tolist(), raw.classes.tolist(), 0.0, overlap)
    indices = np.asarray(kept, np.intp).ravel()
    return indices[np.argsort(-raw.scores[indices])]


def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)
