"""Events of which it was kept what their pictures show, and a model that reads words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from accounts.tenancy import tenant
from detection.models import ModelStore
from detection.scene.text import SceneText
from incidents.models import EMBEDDING_SIZE, Event
from incidents.services.embeddings import event_embedding_put
from tests.detection.scene.random_clip import make_clip
from tests.incidents.sightings import after, opened, sighting

MODEL = "clip-test"


def direction(*values: float) -> list[float]:
    """Return a unit vector that begins with these values."""
    vector = np.zeros(EMBEDDING_SIZE)
    vector[: len(values)] = values
    return [float(value) for value in vector / np.linalg.norm(vector)]


def seen(camera: Any, at_s: float, *values: float, model: str = MODEL, **facts: Any) -> Event:
    """Open an event that shows something in this direction."""
    event = opened(camera, sighting(at_s, **facts))
    with tenant(camera.organization_id):
        event_embedding_put(
            organization_id=camera.organization_id,
            event_id=event.id,
            model=model,
            vector=direction(*values),
            at=after(at_s),
        )
    return event


def install(home: Path, seed: int = 1, *, made: Path | None = None) -> SceneText:
    """Take in a model with random weights, made in a folder of its own, and return its text half."""
    store, made = ModelStore(home), made or home.parent / f"clip{seed}"
    make_clip(made, seed=seed)
    store.add("clip-vit-b32", made)
    return SceneText.open(store.path("clip-vit-b32"))
