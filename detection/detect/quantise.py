"""Make an eight-bit copy of a detector, calibrated on pictures of the cameras that it will see."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detection.detect.reshape import Size, reshaped
from detection.detect.yolo import Floats

PER_CHANNEL_SINCE = 13
"""The version of ONNX operators from which weights can have a scale for each channel."""


def quantise(source: Path, target: Path, inputs: Sequence[Floats], input_name: str, size: Size | None = None) -> None:
    """Write `target`: the convolutions of `source` in eight bits, scales from these inputs, (1, 3, height, width).

    size: of the input, where it is not the network's own.
    Static quantisation (Jacob et al., CVPR 2018) in the QDQ form that OpenVINO runs too. Raises what the quantiser
    raises.
    """
    import onnx  # these two here: only a first start needs them
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Pictures(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._left = iter(inputs)

        def get_next(self) -> dict[str, Any] | None:
            picture = next(self._left, None)
            return None if picture is None else {input_name: np.ascontiguousarray(picture)}

    model = onnx.load(str(source)) if size is None else onnx.load_from_string(reshaped(source, size))
    opset = max(entry.version for entry in model.opset_import)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises to preprocess, through the root logger
    try:
        quantize_static(
            model,
            str(partial),
            Pictures(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=opset >= PER_CHANNEL_SINCE,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        partial.replace(target)
    finally:
        root.setLevel(level)
        partial.unlink(missing_ok=True)
