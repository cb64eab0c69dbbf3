"""`manage.py models` in a folder of its own."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from training.errors import TrainingError


@pytest.fixture
def models(settings: Any, tmp_path: Path):
    """Run `manage.py models …` on an empty folder and return what it printed."""
    settings.VEDETTE_MODELS = tmp_path / "models"

    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("models", *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    return run


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "mine.task"
    path.write_bytes(b"weights")
    return path


def test_list_names_every_model_and_the_command_that_brings_it(models, settings):
    lines = models("list").splitlines()
    assert lines[0].split() == ["model", "stage", "size", "licence", "state"]
    (pose,) = [line for line in lines if line.startswith("pose-landmarker-lite")]
    assert pose.split()[1:5] == ["pose", "5.8", "MB", "Apache-2.0"]
    assert pose.endswith("Get it with: manage.py models pull pose-landmarker-lite")
    told = json.loads(models("list", "--json"))
    assert {model["status"] for model in told} == {"missing"}
    settings.VEDETTE_MODELS.mkdir()
    (settings.VEDETTE_MODELS / "gate.onnx").write_bytes(b"x")
    assert models("list").splitlines()[-1].startswith("gate.onnx")


def test_a_model_goes_from_one_home_to_an_empty_one(models, weights, settings, tmp_path):
    assert models("add", "pose-landmarker-lite", str(weights)).startswith("pose-landmarker-lite: installed, ")
    assert models("verify").startswith("pose-landmarker-lite: installed")
    assert models("export", str(tmp_path / "bundle")).startswith(f"Wrote {tmp_path / 'bundle'}: pose-landmarker-lite")
    settings.VEDETTE_MODELS = tmp_path / "elsewhere"
    assert models("import", str(tmp_path / "bundle")).startswith("pose-landmarker-lite: installed, ")
    assert (tmp_path / "elsewhere" / "pose_landmarker_lite.task").read_bytes() == b"weights"
    assert "removed" in models("remove", "pose-landmarker-lite")
    assert models("verify") == "No model is installed. Get some with: manage.py models pull\n"


def test_a_swapped_file_fails_the_verification_by_name(models, weights, settings):
    models("add", "pose-landmarker-lite", str(weights))
    (settings.VEDETTE_MODELS / "pose_landmarker_lite.task").write_bytes(b"another")
    with pytest.raises(CommandError, match=r"^1 of 1 models cannot be used\.$"):
        models("verify")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pull", "nonsense"], r"^There is no model 'nonsense'\. Choose one of: yolox-nano, "),
        (["pull", "yolov8n"], r"Make it here: manage.py models export-engine yolov8n.pt$"),
        (["add", "yamnet", "absent"], r"^There is no file yamnet\.tflite in absent\."),
        (["import", "absent"], r"^There is no file absent\.$"),
        (["export", "bundle"], r"^No model is installed"),
        (["export-engine", "absent.pt"], r"^There is no file absent\.pt\.$"),
        (["export-engine", "absent.pt", "--size", "100"], r"^The size must be a multiple of 32 from 128 to 1280"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(models, arguments, message):
    with pytest.raises(CommandError, match=message):
        models(*arguments)


def test_a_file_that_is_no_weights_is_told(models, tmp_path):
    (tmp_path / "lie.pt").write_bytes(b"no weights at all")
    with pytest.raises(CommandError, match=r"^lie\.pt could not be exported: "):
        models("export-engine", str(tmp_path / "lie.pt"))
    assert TrainingError.__module__ == "training.errors"
