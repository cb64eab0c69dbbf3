"""The score stays quiet on what a camera is used to, rises on what it is not, and says why."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from detection.features import FeatureExtractor, FrameFeatures
from detection.score import RobustScore, Scene, score_scene
from detection.score.baseline import CAPACITY, Baseline
from detection.score.robust import squash

SIZE = (480, 640)
EMPTY = FeatureExtractor().extract([], SIZE, 0.0)


def scene(features: FrameFeatures, at_s: float) -> Scene:
    return Scene(np.zeros((*SIZE, 3), np.uint8), (), features, at_s, at_s)


def plaza(rng: np.random.Generator) -> FrameFeatures:
    """Return a usual frame: three to six people who walk."""
    people = float(rng.integers(3, 7))
    return replace(
        EMPTY, num_people=people, avg_speed_px=rng.normal(40, 5), max_speed_px=rng.normal(60, 8), grid_max=2.0
    )


def trained(seconds: float = 60.0) -> tuple[RobustScore, float, list[float]]:
    score, rng = RobustScore(), np.random.default_rng(4)
    values = [score_scene(score, scene(plaza(rng), step * 0.2)).value for step in range(int(seconds * 5))]
    return score, seconds, values


def rise(score: RobustScore, frame: FrameFeatures, at_s: float, seconds: float = 4.0, learn: bool = False):
    return [score_scene(score, scene(frame, at_s + step * 0.2), learn=learn) for step in range(int(seconds * 5))]


USUAL = plaza(np.random.default_rng(9))


def test_the_first_ten_seconds_warm_up_at_zero():
    score = RobustScore()
    seen = [score_scene(score, scene(USUAL, step * 0.2)) for step in range(60)]
    assert [s.warming_up for s in seen].index(False) == 50
    assert {s.value for s in seen[:50]} == {0.0}


def test_a_usual_plaza_stays_quiet():
    _, _, values = trained()
    assert max(values) < 0.45


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fast_ratio": 0.25, "max_speed_px": 150.0}, "fast_ratio"),
        ({"num_objects": 1.0}, "num_objects"),
        ({"loiter_ratio": 0.25, "stationary_ratio": 0.25}, "loiter_ratio"),
        ({"num_people": 20.0, "grid_max": 8.0, "grid_std": 2.0}, "num_people"),
    ],
)
def test_a_runner_a_vehicle_a_fallen_person_and_a_crowd_rise_over_the_balanced_threshold(change, reason):
    score, at_s, _ = trained()
    last = rise(score, replace(USUAL, **change), at_s)[-1]
    assert last.value >= 0.75
    assert reason in [p.name for p in last.parts]
    assert sum(p.share for p in last.parts) == pytest.approx(1.0)
    part = next(p for p in last.parts if p.name == reason)
    assert part.value > part.usual_high >= part.usual_low


def test_one_odd_frame_does_not_alarm():
    score, at_s, _ = trained()
    assert score_scene(score, scene(replace(USUAL, num_objects=3.0), at_s)).value < 0.45


def test_an_event_is_not_learned_but_a_new_normal_is():
    score, at_s, _ = trained()
    odd = replace(USUAL, num_objects=1.0)
    assert rise(score, odd, at_s, 120.0)[-1].value >= 0.75
    assert rise(score, odd, at_s + 120.0, 240.0, learn=True)[-1].value < 0.45


def test_speed_is_not_judged_before_people_were_watched():
    score = RobustScore()
    for step in range(100):
        score_scene(score, scene(EMPTY, step * 0.2))
    walker = replace(EMPTY, num_people=1.0, max_speed_px=300.0, avg_speed_px=300.0)
    assert [p.name for p in score_scene(score, scene(walker, 20.0)).parts if "speed" in p.name] == []


def test_features_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="not all finite"):
        score_scene(RobustScore(), scene(replace(EMPTY, num_people=nan), 0.0))


def test_the_baseline_is_bounded_and_samples_at_its_own_pace():
    baseline = Baseline(2)
    for step in range(CAPACITY * 4):
        baseline.learn(np.array([float(step), np.nan]), step * 0.2)
    baseline.measure(1e9)
    assert baseline.count.tolist() == [CAPACITY, 0.0]
    assert baseline.low[0] >= CAPACITY * 2
    assert baseline.doubt().tolist() == [1.01, np.inf]


def test_the_curve_runs_from_zero_to_one():
    assert squash(0.0) == 0.0
    assert 0.45 < squash(3.6) < 0.55
    assert squash(100.0) == pytest.approx(1.0)
