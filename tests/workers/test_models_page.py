"""Managers see which models are there, which are missing, and how to get them."""

from __future__ import annotations

import pytest
from django.test import Client

from workers.model_store import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(client: Client, cast, settings, tmp_path) -> Client:
    settings.VEDETTE_MODELS = tmp_path / "models"
    return cast.login(client, cast.mia)


def test_each_stage_says_what_it_lacks_and_how_to_get_it(mia):
    page = mia.get("/models/").content.decode()
    assert page.count('data-state="off">missing') == 6
    assert "<code>manage.py models pull yamnet</code>" in page
    assert "<code>manage.py export_embedder mobilenetv2_embedder.onnx</code>" in page


def test_an_installed_and_a_refused_model_are_shown_as_such(mia, settings, tmp_path):
    own = tmp_path / "own.task"
    own.write_bytes(b"weights")
    store().add("pose-landmarker-lite", own)
    (settings.VEDETTE_MODELS / "yolox_nano.onnx").write_bytes(b"another")
    (settings.VEDETTE_MODELS / "gate.onnx").write_bytes(b"x")
    page = mia.get("/models/").content.decode()
    assert "added from own.task" in page
    assert "yolox_nano.onnx is not the published file" in page
    assert "Your own detectors" in page
    told = {model["name"]: model["status"] for model in mia.get("/api/v1/models/").json()}
    assert (told["pose-landmarker-lite"], told["yolox-nano"], told["yamnet"]) == ("installed", "foreign", "missing")
