"""The scene as a camera's sense: looked at while things move, rarely while they do not, by another thread when live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.scene.defaults import default_prompts
from detection.scene.desk import SceneDesk
from detection.scene.model import SceneModel
from detection.scene.sense import STILL_EVERY_S, SceneSense
from detection.scene.stage import SceneStage
from detection.senses import Moment
from tests.detection.scene.random_clip import make_clip

IMAGE = np.full((90, 160, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SceneModel:
    folder = tmp_path_factory.mktemp("clip")
    make_clip(folder)
    return SceneModel.open(folder)


def looks(sense: SceneSense, moments: list[tuple[float, bool]]) -> list[float]:
    """Return the stream times of the looks that were made; moments: (time, whether anything moves)."""
    seen: list[float] = []
    for at_s, moved in moments:
        sense.find(Moment(IMAGE, (), at_s, moved, moved))
        if sense.latest is not None and sense.latest.at_s not in seen:
            seen.append(sense.latest.at_s)
    return seen


def test_what_moves_is_looked_at_once_a_second_and_a_still_picture_rarely(model: SceneModel) -> None:
    sense = SceneSense(SceneStage(model, default_prompts()), "gate", None)
    assert looks(sense, [(n / 5, True) for n in range(11)]) == [0.0, 1.0, 2.0]
    still = looks(sense, [(2.0 + n, False) for n in range(1, 25)])
    assert still == [2.0, 2.0 + STILL_EVERY_S, 2.0 + 2 * STILL_EVERY_S]


def test_at_a_desk_the_camera_waits_for_nothing_and_finds_the_look_later(model: SceneModel) -> None:
    desk = SceneDesk()
    sense = SceneSense(SceneStage(model, default_prompts()), "gate", desk)
    finding = sense.find(Moment(IMAGE, (), 0.0, True))
    assert finding is not None
    assert (finding.score, finding.sense) == (0.0, "scene")
    assert desk.wait_idle(20.0)
    assert sense.latest is not None
    assert sense.latest.model == model.version
    sense.close()
    assert desk.count("gate").looked == 0
    desk.close()


def test_without_a_model_there_is_nothing_to_say(tmp_path: Path) -> None:
    sense = SceneSense(SceneStage(None, default_prompts(), "It is not installed."), "gate", None)
    assert sense.find(Moment(IMAGE, (), 0.0, True)) is None
    assert (sense.state.state, sense.state.message, sense.latest) == ("missing model", "It is not installed.", None)
