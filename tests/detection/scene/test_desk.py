"""Cameras hand pictures in and go on; one thread looks at the newest of each in turn."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from detection.scene.desk import DeskCount, SceneDesk
from detection.scene.prompts import PromptSet
from detection.scene.stage import SceneStage
from tests.detection.scene.test_stage import PROMPTS, SMOKE

WAIT_S = 60.0


class Gate:
    """Hold every look up until told, and note which pictures were looked at, by their first value."""

    def __init__(self, model) -> None:
        self.model, self.version = model, model.version
        self.open, self.entered, self.seen = threading.Event(), threading.Semaphore(0), []

    def read(self, sentences):
        return self.model.read(sentences)

    def look(self, image):
        self.seen.append((image.shape, int(image[0, 0, 0])))
        self.entered.release()
        assert self.open.wait(WAIT_S)
        return self.model.look(image)


@pytest.fixture
def gate(clip):
    gate = Gate(clip)
    yield gate
    gate.open.set()


@pytest.fixture
def desk(gate):
    desk = SceneDesk(clock=lambda: 0.0)
    yield desk
    gate.open.set()
    desk.close()


def picture(level: int):
    return np.full((90, 160, 3), level, np.uint8)


def test_a_camera_goes_on_while_the_model_looks_and_takes_the_look_later(desk, gate):
    stage = SceneStage(gate, PROMPTS)
    assert desk.put("a", picture(1), 0.0, stage)
    assert gate.entered.acquire(timeout=WAIT_S)
    assert stage.take() is None
    assert not desk.wait_idle(0.0)
    gate.open.set()
    assert desk.wait_idle(WAIT_S)
    look = stage.take()
    assert look is not None
    assert (look.at_s, stage.latest is look, gate.seen) == (0.0, True, [((224, 224, 3), 1)])


def test_the_newest_picture_wins_and_the_dropped_are_counted(desk, gate):
    stage = SceneStage(gate, PROMPTS)
    desk.put("a", picture(1), 0.0, stage)
    assert gate.entered.acquire(timeout=WAIT_S)
    assert [desk.put("a", picture(level), float(level), stage) for level in (2, 3, 4)] == [True] * 3
    gate.open.set()
    assert desk.wait_idle(WAIT_S)
    assert [level for _, level in gate.seen] == [1, 4]
    assert desk.count("a") == DeskCount(looked=2, dropped=2, busy_s=0.0)
    assert stage.latest is not None
    assert stage.latest.at_s == 4.0


def test_pictures_between_two_seconds_are_not_taken_and_not_counted(desk, gate):
    gate.open.set()
    stage = SceneStage(gate, PROMPTS)
    taken = [i for i in range(75) if desk.put("a", picture(i), i * 0.04, stage)]
    assert desk.wait_idle(WAIT_S)
    assert taken == [0, 25, 50]
    count = desk.count("a")
    assert count.looked + count.dropped == 3


def test_cameras_take_turns_in_the_order_in_which_they_came(desk, gate):
    stages = {camera: SceneStage(gate, PROMPTS) for camera in "abc"}
    desk.put("a", picture(1), 0.0, stages["a"])
    assert gate.entered.acquire(timeout=WAIT_S)
    for level, camera in ((2, "b"), (3, "c"), (4, "a"), (5, "b")):
        desk.put(camera, picture(level), float(level), stages[camera])
    gate.open.set()
    assert desk.wait_idle(WAIT_S)
    assert [level for _, level in gate.seen] == [1, 5, 3, 4], "b kept its turn with its newer picture"


def test_a_forgotten_camera_is_not_looked_at_again(desk, gate):
    first, second = SceneStage(gate, PROMPTS), SceneStage(gate, PROMPTS)
    desk.put("a", picture(1), 0.0, first)
    assert gate.entered.acquire(timeout=WAIT_S)
    desk.put("b", picture(2), 0.0, second)
    desk.forget("b")
    desk.forget("nobody")
    gate.open.set()
    assert desk.wait_idle(WAIT_S)
    assert [level for _, level in gate.seen] == [1]
    assert desk.count("b") == DeskCount()


def test_the_picture_given_may_be_written_over(desk, gate):
    stage, image = SceneStage(gate, PROMPTS), np.full((224, 224, 3), 7, np.uint8)
    desk.put("a", picture(1), 0.0, SceneStage(gate, PROMPTS))
    assert gate.entered.acquire(timeout=WAIT_S)
    desk.put("b", image, 0.0, stage)
    image[:] = 200
    gate.open.set()
    assert desk.wait_idle(WAIT_S)
    assert gate.seen[1] == ((224, 224, 3), 7)


def test_a_failing_model_costs_its_camera_only(desk, gate, clip):
    gate.open.set()
    broken = SceneStage(type("Broken", (), {"version": "x", "read": gate.read, "look": 1})(), PromptSet((SMOKE,)))
    works = SceneStage(gate, PROMPTS)
    desk.put("broken", picture(1), 0.0, broken)
    desk.put("works", picture(2), 0.0, works)
    assert desk.wait_idle(WAIT_S)
    assert (broken.state.state, broken.take()) == ("failed", None)
    assert works.take() is not None
    assert not desk.put("broken", picture(3), 4.9, broken), "it rests"
    assert desk.put("broken", picture(3), 5.0, broken)


def test_after_closing_nothing_is_taken(gate):
    desk, stage = SceneDesk(), SceneStage(gate, PROMPTS)
    gate.open.set()
    desk.put("a", picture(1), 0.0, stage)
    assert desk.wait_idle(WAIT_S)
    desk.close()
    desk.close()
    assert not desk.put("a", picture(2), 5.0, stage)
    assert desk.count("a").looked == 1
    assert [thread for thread in threading.enumerate() if thread.name == "scene-desk"] == []


def test_a_desk_that_was_never_used_closes():
    SceneDesk().close()
