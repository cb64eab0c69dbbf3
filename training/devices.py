"""Choose where to train."""

from __future__ import annotations

import torch

from training.errors import TrainingError


def device_of(name: str) -> torch.device:
    """Return "cpu", "cuda", or for "auto" a GPU when there is one; raises TrainingError for one that is not there."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError("There is no GPU that torch can use here. Leave --device out to train on the CPU.")
    return torch.device(name)
