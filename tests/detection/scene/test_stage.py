"""A view that looks like a hazard far more than usual here is told, once it lasts two looks, with its figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detection.scene.errors import SceneError
from detection.scene.look import SceneLook
from detection.scene.prompts import Hazard, PromptSet
from detection.scene.stage import SceneStage, score_of
from detection.senses import Finding, SenseState

SMOKE = Hazard("smoke", "fire hazard", ("thick smoke in a room", "dark smoke"), ("an ordinary room",))
CROWD = Hazard("crowd", "crowd control", ("a dense crowd",), ("few people",))
FIGHT = Hazard("fight", "violence/aggression", ("people fighting",), ("people talking",))
FLOOD = Hazard("flood", "weather emergency", ("a flooded street",), ("a dry street",))
PROMPTS = PromptSet((SMOKE, CROWD, FIGHT, FLOOD))
NOTHING = [0.0, 0.0, 0.0, 0.0]


class Failing:
    """Look like a model, unless told to fail."""

    def __init__(self, model) -> None:
        self.model, self.version, self.error, self.asked = model, model.version, "", 0

    def read(self, sentences):
        return self.model.read(sentences)

    def look(self, image):
        self.asked += 1
        if self.error:
            raise SceneError(self.error)
        return self.model.look(image)


def picture(level: int = 90):
    return np.full((120, 160, 3), level, np.uint8)


def seen(at_s: float, contrasts, digest: str = PROMPTS.digest) -> SceneLook:
    return SceneLook(at_s, np.zeros(512, np.float32), np.array(contrasts, np.float32), digest)


@pytest.fixture
def stage(clip) -> SceneStage:
    """Return a stage that has learned a minute of an empty view; the next look is that of second 60."""
    stage = SceneStage(clip, PROMPTS)
    for i in range(60):
        assert stage.judge(seen(float(i), NOTHING), float(i)) == Finding("scene", details={"hazards": {}})
    return stage


def judged(stage: SceneStage, rows, start_s: float = 60.0, *, learn: bool = True) -> list[Finding]:
    return [stage.judge(seen(start_s + i, row), start_s + i, learn) for i, row in enumerate(rows)]


def test_a_look_is_due_once_a_second(clip):
    stage = SceneStage(clip, PROMPTS)
    times = [round(i * 0.04, 2) for i in range(76)]
    looks = [(at_s, stage.look(picture(), at_s)) for at_s in times]
    assert [at_s for at_s, look in looks if look is not None] == [0.0, 1.0, 2.0, 3.0]
    assert stage.latest is looks[-1][1]
    assert (stage.due(3.9), stage.due(4.0)) == (False, True)
    assert (stage.due(2.9), stage.due(0.5)) == (False, True), "times that tremble are no new stream"


def test_a_look_holds_the_picture_and_every_contrast(clip):
    stage = SceneStage(clip, PROMPTS)
    look = stage.look(picture(), 5.0)
    assert look is not None
    assert (look.at_s, look.digest) == (5.0, PROMPTS.digest)
    assert np.array_equal(look.embedding, clip.look(picture()))
    assert (look.contrasts.shape, look.contrasts.dtype) == ((4,), np.float32)
    assert stage.take() is look
    assert stage.take() is None


def test_the_state_says_how_much_was_learned(stage, clip):
    fresh = SceneStage(clip, PROMPTS)
    assert fresh.state == SenseState("scene", "available", "It learns what is usual here: 0 of 60 looks.", clip.version)
    assert stage.state == SenseState("scene", "available", "", clip.version)


def test_without_a_model_the_state_says_so_and_nothing_is_found():
    stage = SceneStage(None, PROMPTS, "There is no scene model.")
    assert stage.state == SenseState("scene", "missing model", "There is no scene model.")
    assert (stage.due(0.0), stage.look(picture(), 0.0), stage.latest, stage.take()) == (False, None, None, None)
    assert stage.judge(None, 0.0) == Finding("scene")


def test_one_strange_look_says_nothing_and_two_do(stage):
    first, second = judged(stage, [[0.03, 0.0, 0.001, 0.0]] * 2)
    assert (first.score, first.kind, first.category) == (0.0, "", None)
    assert (second.kind, second.category, second.sense) == ("smoke", "fire hazard", "scene")
    assert second.score == pytest.approx(0.45 + 0.25 * 2 / 4)
    assert second.confidence == 0.575
    assert second.reason == (
        "the picture looks like “thick smoke in a room” far more than usual here "
        "(contrast 0.030, usually -0.010 to 0.010; 6.0 spreads higher)"
    )
    (part,) = second.parts
    assert (part.name, part.share, part.usual_low, part.usual_high) == ("scene: smoke", 1.0, -0.01, 0.01)
    assert (part.value, part.deviation) == pytest.approx((0.03, 6.0))
    assert second.details == {
        "hazards": {
            "smoke": {"contrast": 0.03, "deviation": 6.0},
            "fight": {"contrast": 0.001, "deviation": 0.2},
            "crowd": {"contrast": 0.0, "deviation": 0.0},
        }
    }
    assert json.loads(json.dumps(second.facts()))["kind"] == "smoke"


@pytest.mark.parametrize(
    ("row", "score"),
    [
        ([], 0.0),
        ([99.0], 0.0),
        ([3.9, 99.0], 0.0),
        ([4.0, 99.0], 0.45),
        ([99.0, 6.0], 0.575),
        ([99.0, 99.0], 0.7),
        ([7.9, 99.0, 99.0], 0.7),
        ([99.0, 8.0, 99.0], 0.75),
        ([10.0, 99.0, 99.0], 0.8),
        ([99.0, 99.0, 99.0], 0.85),
    ],
)
def test_the_score_is_that_of_the_weakest_look_of_the_last_ones(row, score):
    assert score_of(row) == pytest.approx(score)


def test_very_strong_looks_alarm_alone_from_the_third_on(stage):
    assert [f.score for f in judged(stage, [[0.2, 0, 0, 0]] * 4)] == [0.0, 0.7, 0.85, 0.85]


def test_a_look_between_that_is_usual_starts_the_row_again(stage):
    rows = [[0.2, 0, 0, 0], NOTHING, [0.2, 0, 0, 0], [0.2, 0, 0, 0]]
    assert [f.score for f in judged(stage, rows)] == [0.0, 0.0, 0.0, 0.7]


def test_looks_far_apart_are_not_in_a_row(stage):
    assert stage.judge(seen(60.0, [0.2, 0, 0, 0]), 60.0).score == 0.0
    assert stage.judge(seen(91.0, [0.2, 0, 0, 0]), 91.0).score == 0.0
    assert stage.judge(seen(121.0, [0.2, 0, 0, 0]), 121.0).score == 0.7


def test_the_strongest_of_several_leads_and_shares_add_up(stage):
    found = judged(stage, [[0.03, 0.05, 0.025, 0.022]] * 2)[-1]
    assert (found.kind, found.category) == ("crowd", "crowd control")
    assert [part.name for part in found.parts] == ["scene: crowd", "scene: smoke", "scene: fight"]
    assert sum(part.share for part in found.parts) == pytest.approx(1.0)
    assert list(found.details["hazards"]) == ["crowd", "smoke", "fight"]


def test_a_finding_holds_for_two_seconds(stage):
    found = judged(stage, [[0.2, 0, 0, 0]] * 2)[-1]
    assert stage.judge(None, 61.0) is found
    assert stage.judge(None, 63.0) is found
    assert stage.judge(None, 63.1) == Finding("scene")


def test_where_looks_are_rare_a_finding_holds_until_the_next(stage):
    for at_s in (64.0, 68.0):
        found = stage.judge(seen(at_s, [0.2, 0, 0, 0]), at_s + 1.5)
    assert stage.judge(None, 74.5) is found
    assert stage.judge(None, 74.6) == Finding("scene")


def test_what_lasts_ten_minutes_falls_silent_and_becomes_usual(stage):
    found = judged(stage, [[0.2, 0, 0, 0]] * 620, learn=False)
    assert [f.score for f in found[:3]] == [0.0, 0.7, 0.85]
    assert found[599].score == 0.85
    assert {f.score for f in found[600:]} == {0.0}
    judged(stage, [[0.2, 0, 0, 0]] * 61, 680.0)
    assert judged(stage, [[0.2, 0, 0, 0]], 741.0)[0].details["hazards"]["smoke"]["deviation"] == 0.0


def test_the_same_pictures_give_the_same_findings(clip):
    random = np.random.default_rng(5)
    images = [random.integers(0, 60 if i < 70 else 255, (48, 64, 3), np.uint8) for i in range(80)]
    told = []
    for _ in range(2):
        stage = SceneStage(clip, PROMPTS)
        told.append([stage.judge(stage.look(image, float(i)), float(i)) for i, image in enumerate(images)])
    assert told[0] == told[1]
    assert {f.score for f in told[0][:60]} == {0.0}
    assert all(len(f.details["hazards"]) == 3 for f in told[0][60:])


def test_the_sentence_named_is_the_nearest(clip):
    stage = SceneStage(clip, PROMPTS)
    stage.look(picture(), 0.0)
    for i in range(60):
        stage.judge(seen(float(i), NOTHING), float(i))
    like_dark = clip.read(["dark smoke"])[0]
    for at_s in (60.0, 61.0):
        found = stage.judge(SceneLook(at_s, like_dark, np.array([0.2, 0, 0, 0], np.float32), PROMPTS.digest), at_s)
    assert "“dark smoke”" in found.reason


def test_a_failing_model_is_told_and_tried_again_after_growing_pauses(clip):
    model = Failing(clip)
    stage = SceneStage(model, PROMPTS)
    model.error = "The model vision_model.onnx failed: out of memory."
    tried = []
    for second in range(400):
        asked = model.asked
        assert stage.look(picture(), float(second)) is None
        if model.asked > asked:
            tried.append(second)
    assert tried == [0, 5, 15, 35, 75, 155, 315]
    assert stage.state == SenseState("scene", "failed", model.error, clip.version)
    assert stage.judge(None, 400.0) == Finding("scene")
    model.error = ""
    assert stage.look(picture(), 614.0) is None, "the pause after 315 s is of 300 s"
    assert stage.look(picture(), 615.0) is not None
    assert stage.state.state == "available"
    model.error = "again"
    stage.look(picture(), 616.0)
    assert (stage.due(620.9), stage.due(621.0)) == (False, True), "pauses begin anew after a success"


def test_new_sentences_keep_the_normal_of_those_that_stay(stage, clip):
    renamed = Hazard("vapour", "equipment failure", SMOKE.alarming, SMOKE.usual)
    changed = Hazard("crowd", "crowd control", ("a packed crowd",), CROWD.usual)
    prompts = PromptSet((changed, renamed))
    stage.set_prompts(prompts)
    assert stage.state.message == "It learns what is usual here: 0 of 60 looks."
    assert stage.judge(seen(60.0, NOTHING), 60.0) == Finding("scene"), "a look at the old sentences is not judged"
    found = [stage.judge(seen(at_s, [0.2, 0.2], prompts.digest), at_s) for at_s in (61.0, 62.0)]
    assert [(f.kind, f.score) for f in found] == [("", 0.0), ("vapour", 0.7)]
    assert list(found[1].details["hazards"]) == ["vapour"]
    look = stage.look(picture(), 63.0)
    assert look is not None
    assert (look.digest, look.contrasts.shape) == (prompts.digest, (2,))


def test_the_same_sentences_again_change_nothing(stage):
    found = judged(stage, [[0.2, 0, 0, 0]] * 2)[-1]
    stage.set_prompts(PromptSet(PROMPTS.hazards))
    assert stage.judge(None, 61.5) is found


def test_values_that_are_not_finite_find_nothing(stage):
    found = judged(stage, [[float("nan")] * 4] * 3)
    assert {f.score for f in found} == {0.0}
    assert "NaN" not in json.dumps(found[-1].facts())
