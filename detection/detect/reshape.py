"""Rewrite a YOLO network for another input size or for batches: exports carry both in their constants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.detect.yolo import STRIDES, anchors

Size = tuple[int, int]
"""Height and width of a network's input, pixels, multiples of the largest stride."""


class ReshapeError(Exception):
    """The network cannot be given another input size; the message is a sentence."""


def size_for(own: Size, picture: Size) -> Size:
    """Return the input in which the picture, (height, width), has the scale that it has in `own`, and least padding.

    Each side is a multiple of the largest stride and at most its own: 416×416 becomes 320×416 for a picture of 4:3.
    """
    scale = min(own[0] / picture[0], own[1] / picture[1])
    step = STRIDES[-1]
    height, width = (
        min(side, max(step, -(-max(1, round(length * scale)) // step) * step))
        for side, length in zip(own, picture, strict=True)
    )
    return height, width


def reshaped(path: Path, size: Size | None, *, any_batch: bool = False) -> bytes:
    """Return the ONNX file with its input at `size`, None for its own, its weights as they are.

    any_batch: it takes any number of pictures at once, where most exports take one. What depends on the size is found
    by value and put anew: the boxes' centres and strides that YOLOv8 and 11 bring along, and the targets of reshapes. A
    network whose input is open gets the size, nothing else. Raises ReshapeError for one that has something of the old
    size that is not known; a target that was missed makes the network fail when it first runs, never answer wrongly.
    """
    import onnx  # here: only a detector's file needs it

    model = onnx.load(str(path))
    graph = model.graph
    shape = graph.input[0].type.tensor_type.shape.dim
    old = (shape[2].dim_value, shape[3].dim_value)
    if size is not None:
        shape[2].dim_value, shape[3].dim_value = size
    if any_batch:
        shape[0].dim_param = "batch"
    for output in graph.output:
        output.type.ClearField("tensor_type")  # the runtime finds the new shape
        output.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    del graph.value_info[:]
    if all(old):
        _replace_constants(graph, old, size or old, any_batch)
    return bytes(model.SerializeToString())


def _replace_constants(graph: Any, old: Size, size: Size, any_batch: bool) -> None:
    from onnx import numpy_helper

    targets = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    named = [(tensor.name, tensor) for tensor in graph.initializer]
    named += [
        (node.output[0], attribute.t)
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    ]
    for name, tensor in named:
        values = numpy_helper.to_array(tensor)
        if name in targets:
            fresh = _target(values, old, size, any_batch)
        elif values.ndim and values.shape[-1] == anchors(*old):
            fresh = _grid(values, old, size)
        else:
            continue
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(fresh), tensor.name))


def _target(values: NDArray[Any], old: Size, size: Size, any_batch: bool) -> NDArray[Any]:
    """Return a reshape's target with the old counts of boxes and cells replaced, 0 (as it comes) for the batch."""
    counts = {anchors(*old): anchors(*size)}
    counts |= {(old[0] // s) * (old[1] // s): (size[0] // s) * (size[1] // s) for s in STRIDES}
    fresh = [counts.get(int(value), int(value)) for value in values]
    for s in STRIDES:
        if len(fresh) == 4 and [int(value) for value in values[2:]] == [old[0] // s, old[1] // s]:
            fresh[2:] = [size[0] // s, size[1] // s]
    if any_batch and fresh and fresh[0] == 1:
        fresh[0] = 0
    return np.array(fresh, values.dtype)


def _grid(values: NDArray[Any], old: Size, size: Size) -> NDArray[Any]:
    """Return the centres or the strides of all boxes at the new size; raises ReshapeError when they are neither."""
    for before, after in zip(_centres_and_strides(old), _centres_and_strides(size), strict=True):
        if values.size == before.size and np.array_equal(values.reshape(before.shape), before.astype(values.dtype)):
            return after.astype(values.dtype).reshape(*values.shape[:-1], -1)
    raise ReshapeError(f"it has a constant of {values.shape} that is neither its boxes' centres nor their strides")


def _centres_and_strides(size: Size) -> tuple[NDArray[Any], NDArray[Any]]:
    centres, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: size[0] // stride, : size[1] // stride]
        centres.append(np.stack([columns.ravel(), rows.ravel()]) + 0.5)
        strides.append(np.full((1, rows.size), stride))
    return np.concatenate(centres, axis=1), np.concatenate(strides, axis=1)
