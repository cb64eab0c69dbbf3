"""Make the random model once."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.scene.model import SceneModel
from tests.detection.scene.random_clip import make_clip


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "clip-vit-b32"
    make_clip(folder)
    return folder


@pytest.fixture(scope="session")
def clip(clip_folder) -> SceneModel:
    return SceneModel.open(clip_folder)
