"""Name the weights that stages need, and keep them in one folder: checked, exported and imported without a hub."""

from detection.models.errors import ForeignModel, MissingModel, ModelError
from detection.models.registry import MODELS, Model, ModelFile, Stage, model_named
from detection.models.store import ModelState, ModelStore

__all__ = [
    "MODELS",
    "ForeignModel",
    "MissingModel",
    "Model",
    "ModelError",
    "ModelFile",
    "ModelState",
    "ModelStore",
    "Stage",
    "model_named",
]
