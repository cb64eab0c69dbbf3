"""Parts that speak of one object agree; an artefact that flickers or a single odd part does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.score.normality import NormalityScorer, scale
from detection.score.normality.lasting import Lasting
from detection.score.normality.observe import Observation
from detection.score.normality.parts import CLASS, LOOK, PARTS, SCENE, SHAPE, SPEED, Measure, Measured
from detection.score.normality.scale import Scale, judge
from detection.score.normality.state import LearnedState, Meta, train
from detection.score.normality.travel import Place, Travel
from detection.score.normality.voices import Voices
from tests.detection import footage

WIDTH = 360


@pytest.fixture(scope="module")
def state() -> LearnedState:
    return train([footage.clip(seed) for seed in range(4)], Meta(("a",), 24.0, "cast 1", "looks"))[0]


def flat_scale() -> Scale:
    """Return a scale on which every part's median is 0, its 98th percentile 0.5 and its top 1."""
    ones = np.ones(len(PARTS))
    return Scale(centre=0 * ones, top=2 * ones, low=0 * ones, high=0.5 * ones, often=ones)


def judged_of(*rows: dict[int, float], scene: float = 0.0):
    objects = np.zeros((len(rows), len(PARTS)))
    for row, values in zip(objects, rows, strict=True):
        for part, value in values.items():
            row[part] = value
    frame = np.full(len(PARTS), np.nan)
    frame[SCENE] = scene
    return judge(Measured(frame, objects), flat_scale())


def test_parts_of_one_object_add_up_and_those_of_two_do_not():
    assert judged_of({SPEED: 2.0, SHAPE: 2.0}).deviation == pytest.approx(2 ** (1 / 3))
    assert judged_of({SPEED: 2.0}, {SHAPE: 2.0}).deviation == pytest.approx(1.0)
    assert judged_of({SPEED: 1.0}, scene=3.0).deviation == pytest.approx(1.5)


def test_two_parts_agree_within_half_a_second_on_one_object_only():
    rng = np.random.default_rng(0)
    people = (footage.walker(1, 150.0, rng), footage.walker(2, 150.0, rng))

    def agreement(voices: Voices, at_s: float, *rows: dict[int, float]) -> int:
        return voices.agreement(judged_of(*rows), Observation(at_s, 240, people[: len(rows)], None))

    voices = Voices()
    assert agreement(voices, 0.0, {SPEED: 1.5}, {SHAPE: 1.5}) == 1
    assert agreement(voices, 0.4, {SHAPE: 1.5}, {}) == 2
    assert agreement(voices, 0.5, {}, {}) == 0, "one of them must speak now"
    assert agreement(voices, 1.1, {SPEED: 1.5}, {}) == 1, "what was said long ago is not heard any more"


def test_a_fast_place_travels_and_a_flicker_does_not():
    travel = Travel()
    assert [travel.update(Place(10.0 + 8 * i, 100.0, 30.0), i / 10) for i in range(4)] == [False, False, True, True]
    assert travel.update(None, 0.4) is False
    flicker = Travel()
    assert not any(flicker.update(Place(350.0, 100.0, 30.0), i / 10) for i in range(10))
    jumping = Travel()
    assert not any(jumping.update(Place(300.0 * (i % 2), 100.0, 30.0), i / 10) for i in range(10))


def test_an_object_cut_off_by_the_edge_tells_no_size_and_no_look(state):
    rng = np.random.default_rng(3)
    person = footage.walker(1, 150.0, rng)
    measure = Measure(state.normality)
    for box in ((0.0, 100.0, 80.0, 150.0), (300.0, 100.0, 359.0, 150.0), (100.0, 190.0, 190.0, 239.0)):
        told = measure.look(Observation(0.0, 240, (replace(person, box=box),), None, WIDTH)).objects[0]
        assert np.isnan(told[[SHAPE, LOOK]]).all()
        assert np.isfinite(told[[SPEED, CLASS]]).all()


def test_a_sliver_of_an_object_tells_its_motion_alone(state):
    person = replace(footage.walker(1, 150.0, np.random.default_rng(3)), place_px_s=40.0)
    sliver, inside, head = (0.0, 100.0, 14.0, 150.0), (100.0, 100.0, 114.0, 150.0), (100.0, 215.0, 140.0, 240.0)
    everything = list(range(len(PARTS)))
    for box, told_of in ((sliver, [SCENE]), (inside, everything), (head, [SCENE])):
        frame = Observation(0.0, 240, (replace(person, box=box),), None, WIDTH)
        told = Measure(state.normality).look(frame).objects[0]
        assert np.flatnonzero(np.isfinite(told)).tolist() == told_of


def test_a_lone_oddity_speaks_alone_and_a_fast_stranger_is_corroborated(state):
    def agreements(change) -> list[int]:
        rng = np.random.default_rng(77)
        odd = [replace(f, objects=(*f.objects, change(footage.walker(99, 150.0, rng)))) for f in footage.clip(9, 30)]
        scorer = NormalityScorer.of_observed(state)
        return [scorer.judge_observed(frame).agreement for frame in odd]

    alone = agreements(lambda s: replace(s, label="truck"))
    both = agreements(lambda s: replace(s, label="truck", speed_px_s=3 * s.speed_px_s))
    assert (max(alone), min(both[3:])) == (1, 2)


def test_a_score_counts_more_while_parts_agree_and_not_after(state, monkeypatch):
    rng = np.random.default_rng(77)
    truck = footage.walker(99, 150.0, rng, label="truck")
    odd = replace(truck, speed_px_s=3 * truck.speed_px_s)
    frames = [replace(f, objects=(*f.objects, odd)) if f.at_s < 2.0 else f for f in footage.clip(9, 60)]

    def deviations() -> list[tuple[float, int]]:
        scorer = NormalityScorer.of_observed(state)
        scores = [scorer.judge_observed(frame) for frame in frames]
        return [(score.value / (1.0 - score.value) / 3.0, score.agreement) for score in scores]

    believed = deviations()
    monkeypatch.setattr(scale, "AGREED", 1.0)
    plain = deviations()
    assert {agreement > 1 for _, agreement in plain} == {True, False}
    for (more, agreement), (deviation, _) in zip(believed, plain, strict=True):
        assert more == pytest.approx(deviation * (1.5 if agreement > 1 else 1.0))


def test_a_place_that_stays_fast_lasts_and_a_step_does_not():
    def lasting(deviations: list[float], fps: float = 10.0, pace: float = 2.0) -> list[int]:
        last = Lasting()
        told = [last.update(Place(10.0 + pace * i, 100.0, 30.0), d, i / fps) for i, d in enumerate(deviations)]
        return [frame for frame, lasts in enumerate(told) if lasts]

    assert lasting([0.0, 0.8, 0.8, 0.8, 0.8, 0.8]) == [4, 5], "0.4 s at 0.8"
    assert lasting([0.0] + [0.3] * 12)[0] == 10, "the weaker, the longer"
    assert lasting([0.0] + [0.25] * 30) == [], "what lasts over a second at so little is a crowd's"
    assert lasting([0.0] + [9.0] * 3) == [], "three frames are none, however fast"
    assert lasting([0.9, 0.9, 0.1, 0.2, 0.9, 0.9, 0.1, 0.1] * 5) == [], "steps"
    assert lasting([0.0] + [0.5] * 6, fps=5.0) == [4, 5, 6], "0.8 s, as four frames are needed"
    assert lasting([0.0] + [0.9] * 8, pace=30.0) == [], "a place that jumps is not one"


def test_a_frame_without_motion_ends_what_lasts():
    last, place = Lasting(), Place(10.0, 100.0, 30.0)
    told = [last.update(None if i == 3 else place, 0.9, i / 10) for i in range(9)]
    assert [frame for frame, lasts in enumerate(told) if lasts] == [7, 8]


def test_a_place_that_lasts_is_corroborated_before_any_object_is_known():
    voices, told = Voices(), []
    for index in range(8):
        judged = replace(judged_of(scene=1.0), place=Place(4.0, 100.0, 30.0))
        told.append(voices.agreement(judged, Observation(index / 10, 240, (), None)))
    assert told == [0, 0, 0, 0, 0, 0, 2, 2], "0.6 s at half of the top, which is no voice by itself"
