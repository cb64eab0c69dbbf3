"""A process's models of the senses: opened when wanted, taken up when they come, refused by name, freed in the end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cameras.senses import SensePlan
from detection.audio.chunk import AudioChunk
from detection.detect.onnx import OnnxDetector
from detection.models import ModelStore
from detection.models.bundle import export, import_
from detection.senses import Moment, SenseState
from tests.detection.audio import random_whisper
from tests.detection.audio.sounds import tone
from tests.detection.scene.random_clip import make_clip
from tests.detection.scenes import pavement
from tests.shared_data import shared
from workers.senses import LOOK_EVERY_S, Kept, SenseModels

ONLY_POSE = SensePlan(audio=False, scene=False)


@pytest.fixture
def models(tmp_path: Path) -> Iterator[SenseModels]:
    opened = SenseModels(ModelStore(tmp_path))
    yield opened
    opened.close()


def state_of(models: SenseModels, plan: SensePlan, sense: str) -> SenseState:
    (state,) = (state for state in models.senses(plan, "gate").states() if state.sense == sense)
    return state


def add_pose(folder: Path, name: str = "pose-landmarker-lite") -> None:
    ModelStore(folder).add(name, shared("weights/pose_landmarker_lite.task"))


def test_a_model_that_comes_later_is_taken_up_without_a_restart(models: SenseModels, tmp_path: Path) -> None:
    missing = state_of(models, ONLY_POSE, "pose")
    assert missing.state == "missing model"
    assert missing.message.endswith("Get it with: manage.py models pull pose-landmarker-lite")
    version = models.refresh(0.0)
    add_pose(tmp_path)
    assert models.refresh(LOOK_EVERY_S - 1.0) == version
    assert models.refresh(LOOK_EVERY_S) == version + 1
    senses = models.senses(ONLY_POSE, "gate")
    assert [state.state for state in senses.states()] == ["available", "off", "off"]
    assert senses.states()[0].model.startswith("lite-")
    (finding,) = senses.find(Moment(pavement(), (), 0.0, True), {})
    assert (finding.sense, finding.score) == ("pose", 0.0)
    assert models.refresh(2 * LOOK_EVERY_S) == version + 1


def test_a_file_that_is_swapped_for_another_is_refused_by_name(models: SenseModels, tmp_path: Path) -> None:
    add_pose(tmp_path)
    assert state_of(models, ONLY_POSE, "pose").state == "available"
    shutil.copy(shared("weights/yolov8n_416.onnx"), tmp_path / "pose_landmarker_lite.task")
    models.refresh(LOOK_EVERY_S)
    refused = state_of(models, ONLY_POSE, "pose")
    assert refused.state == "missing model"
    assert refused.message.startswith("pose_landmarker_lite.task")


def test_a_model_that_leaves_is_told_and_the_cameras_that_used_it_are_not_stopped(
    models: SenseModels, tmp_path: Path
) -> None:
    add_pose(tmp_path)
    before = models.senses(ONLY_POSE, "gate")
    (tmp_path / "pose_landmarker_lite.task").unlink()
    models.refresh(LOOK_EVERY_S)
    assert state_of(models, ONLY_POSE, "pose").state == "missing model"
    assert len(before.find(Moment(pavement(), (), 0.0, True), {})) == 1


def test_what_is_switched_off_says_so_and_opens_nothing(models: SenseModels, tmp_path: Path) -> None:
    add_pose(tmp_path)
    off = SensePlan(pose=False, audio=False, scene=False)
    assert [s.message for s in models.senses(off, "gate").states()] == [
        "Posture is switched off for this camera.",
        "Sound is switched off for this camera.",
        "The scene is switched off for this camera.",
    ]
    assert models.landmarker.value is None
    assert models.senses(off, "gate").find(Moment(pavement(), (), 0.0, True), {}) == ()


def test_what_a_changed_model_leaves_behind_is_freed_at_the_next_look(tmp_path: Path) -> None:
    opened: list[Path] = []
    closed: list[Path] = []

    def open_(path: Path) -> Path:
        opened.append(path)
        return path

    store = ModelStore(tmp_path)
    kept = Kept(("pose-landmarker-lite", "pose-landmarker-full"), open_, closed.append)
    assert kept.look(store) is False
    add_pose(tmp_path, "pose-landmarker-full")
    kept.want(store)
    add_pose(tmp_path)
    assert (kept.look(store), kept.name, closed) == (True, "pose-landmarker-lite", [])
    assert (kept.look(store), closed) == (False, opened[:1])
    kept.close()
    assert closed == opened == [tmp_path / "pose_landmarker_full.task", tmp_path / "pose_landmarker_lite.task"]


def test_a_model_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        raise RuntimeError(f"{path.name} is cut short")

    add_pose(tmp_path)
    kept = Kept(("pose-landmarker-lite",), fail)
    kept.want(ModelStore(tmp_path))
    assert (kept.value, kept.message) == (None, "pose_landmarker_lite.task is cut short")


def test_a_bundle_of_one_home_brings_every_sense_up_in_an_empty_one(tmp_path: Path) -> None:
    whole, empty = ModelStore(tmp_path / "whole"), ModelStore(tmp_path / "empty")
    made = {name: tmp_path / name for name in ("clip", "sound")}
    for folder in (whole.folder, empty.folder, *made.values()):
        folder.mkdir()
    make_clip(made["clip"])
    for name in ("yamnet.tflite", "yamnet_class_map.csv"):
        shutil.copy(shared(f"weights/{name}"), made["sound"])
    whole.add("pose-landmarker-lite", shared("weights/pose_landmarker_lite.task"))
    whole.add("yamnet", made["sound"])
    whole.add("whisper-tiny", _whisper(tmp_path))
    whole.add("clip-vit-b32", made["clip"])
    whole.add("yolov8n", shared("weights/yolov8n_640.onnx"))
    carried = export(whole, tmp_path / "models.zip")
    assert set(carried) == {"yolov8n", "pose-landmarker-lite", "yamnet", "whisper-tiny", "clip-vit-b32"}

    before = SenseModels(empty)
    assert [state.state for state in before.senses(SensePlan(), "gate").states()] == ["missing model"] * 3
    import_(empty, tmp_path / "models.zip")
    assert OnnxDetector(empty.path("yolov8n")).detect([pavement()], ["gate"]) == [[]]
    assert before.refresh(LOOK_EVERY_S) == before.version == 1
    senses = before.senses(SensePlan(), "gate", live=False)
    assert [(state.sense, state.state) for state in senses.states()] == [
        ("pose", "available"),
        ("audio", "available"),
        ("scene", "available"),
    ]
    for n in range(3):
        senses.hear(AudioChunk(tone(0.5), n / 2))
    found = senses.find(Moment(pavement(), (), 1.5, True), {})
    assert [finding.sense for finding in found] == ["pose", "audio", "scene"]
    assert senses.look is not None
    assert len(senses.look.embedding) == 512
    senses.close()
    before.close()


def _whisper(folder: Path) -> Path:
    """Return a random model with its words in the form of the published one."""
    made = random_whisper.make(folder / "whisper")
    words = json.loads((made / "vocabulary.json").read_text())
    (made / "vocabulary.txt").write_text("\n".join(words))
    (made / "vocabulary.json").unlink()
    return made


def test_every_sense_that_lacks_its_model_says_how_to_get_it(models: SenseModels) -> None:
    told = {state.sense: state for state in models.senses(SensePlan(), "gate").states()}
    needed = {"pose": ["pose-landmarker-lite"], "audio": ["yamnet", "whisper-tiny"], "scene": ["clip-vit-b32"]}
    assert {sense: state.state for sense, state in told.items()} == dict.fromkeys(needed, "missing model")
    for sense, names in needed.items():
        for name in names:
            assert f"manage.py models pull {name}" in told[sense].message


def test_speech_that_nobody_wants_written_down_needs_no_model(models: SenseModels) -> None:
    silent = SensePlan(pose=False, scene=False, transcripts="off")
    assert "whisper" not in state_of(models, silent, "audio").message
    assert models.speech.value is None
