"""A models folder, a hub, and a registry of two small models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from detection.models import Model, ModelFile, ModelStore
from tests.detection.models.hub import Hub

ONE = bytes(range(256)) * 40
FIRST, SECOND = b"weights" * 1000, b"words\n" * 100


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Run a hub with the files of both models."""
    hub = Hub()
    hub.files = {"one.bin": ONE, "two/first.bin": FIRST, "two/second.txt": SECOND}
    yield hub
    hub.close()


@pytest.fixture(autouse=True)
def known(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> tuple[Model, ...]:
    """Let the registry know `one`, a published file, and `two`, two files whose digests nobody states."""
    common = {"stage": "pose", "does": "Tests.", "licence": "MIT", "licence_url": "x", "source": "these tests"}
    one = Model(name="one", files=(ModelFile("one.bin", hub.url("one.bin"), sha256(ONE), len(ONE)),), **common)
    two = Model(
        name="two",
        files=tuple(ModelFile(name, hub.url(f"redirect/two/{name}")) for name in ("first.bin", "second.txt")),
        **common,
    )
    made = Model(name="made", files=(ModelFile("made.onnx"),), make="make_it made.onnx", **common)
    models = (one, two, made)
    for module in ("registry", "store"):
        monkeypatch.setattr(f"detection.models.{module}.MODELS", models)
    return models


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")
