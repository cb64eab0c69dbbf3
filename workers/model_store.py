"""The installation's models, stage by stage, as the page and the API show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from detection.models import ModelState, ModelStore, Stage
from detection.models.registry import STAGES


@dataclass(frozen=True, slots=True)
class StageModels:
    """One stage, what it is for, and the models that it can use; ready: at least one of them is installed."""

    stage: Stage
    does: str
    models: tuple[ModelState, ...]

    @property
    def ready(self) -> bool:
        return any(state.status == "installed" for state in self.models)

    @property
    def refused(self) -> bool:
        return any(state.status in ("foreign", "incomplete") for state in self.models)


@cache
def _store(folder: Path) -> ModelStore:
    return ModelStore(folder)


def store() -> ModelStore:
    """Return the store of the folder that VEDETTE_MODELS names; it remembers what it has read."""
    return _store(Path(settings.VEDETTE_MODELS))


def stages(states: Sequence[ModelState]) -> list[StageModels]:
    """Return the states by stage, in the order of the pipeline; a stage that no model is for is left out."""
    sorted_out = (
        StageModels(stage, does, tuple(state for state in states if state.model.stage == stage))
        for stage, does in STAGES.items()
    )
    return [stage for stage in sorted_out if stage.models]


def facts_of(state: ModelState) -> dict[str, Any]:
    """Return what a machine may read of a model; size: bytes on disk, 0 when it is not installed."""
    model = state.model
    return {
        "name": model.name,
        "stage": model.stage,
        "does": model.does,
        "licence": model.licence,
        "licence_url": model.licence_url,
        "source": model.source,
        "status": state.status,
        "message": state.message,
        "size": state.size,
        "came_from": state.source,
        "sha256": state.digest,
        "how_to_get": model.how_to_get,
    }
