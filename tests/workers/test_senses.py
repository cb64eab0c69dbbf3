"""A process's models of the senses: opened when wanted, taken up when they come, refused by name, freed in the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cameras.senses import SensePlan
from detection.models import ModelStore
from detection.senses import Moment, SenseState
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
