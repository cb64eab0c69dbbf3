"""Write a torch network as ONNX."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

import torch


def to_onnx(
    network: torch.nn.Module, example: tuple[torch.Tensor, ...], inputs: Sequence[str], outputs: Sequence[str]
) -> bytes:
    """Return the network as an ONNX file with a free first dimension (the batch); example: one input of each."""
    network = network.to("cpu").eval()
    batch = torch.export.Dim("batch", min=1, max=4096)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own making, nothing that a user could act on
        program = torch.onnx.export(
            network,
            example,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=tuple({0: batch} for _ in example),
            dynamo=True,
            verbose=False,
        )
        if program is None:
            raise RuntimeError("torch gave no ONNX program.")
    return bytes(program.model_proto.SerializeToString())
