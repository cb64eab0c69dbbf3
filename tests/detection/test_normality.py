"""A learned normality is quiet on its own street, names what is unusual there, and keeps in one safe file."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from detection.features import FeatureExtractor
from detection.score.base import Scene, score_scene
from detection.score.normality import NormalityError, NormalityScorer
from detection.score.normality.flow import BANDS, FlowMeter, Motion
from detection.score.normality.model import MEMORY, learn
from detection.score.normality.parts import PARTS, TrackMeans
from detection.score.normality.scale import Smooth, combine, leave_one_out, to_score
from detection.score.normality.state import LearnedState, Meta, load, train
from detection.score.normality.words import told
from detection.types import ScorePart
from tests.detection import footage

META = Meta(trained_on=("a", "b", "c", "d"), seconds=24.0, detector="cast 1", embedder="looks")


@pytest.fixture(scope="module")
def state() -> LearnedState:
    return train([footage.clip(seed) for seed in range(4)], META)[0]


def scores(state: LearnedState, frames):
    scorer = NormalityScorer.of_observed(state)
    return [scorer.judge_observed(frame) for frame in frames]


def with_somebody(change, frames: int = 30):
    """Return usual frames with one more track in them: `change` is applied to a walker at foot line 150."""
    rng = np.random.default_rng(77)
    usual = footage.clip(9, frames)
    return [replace(f, objects=(*f.objects, change(footage.walker(99, 150.0, rng)))) for f in usual]


def test_the_usual_street_stays_under_the_top_of_normal_footage(state):
    assert max(s.value for s in scores(state, footage.clip(9))) < 0.75


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: replace(s, speed_px_s=3 * s.speed_px_s), "object_speed"),
        (lambda s: replace(s, label="truck"), "object_class"),
        (lambda s: replace(s, box=(s.box[0], s.box[1], s.box[0] + 90.0, s.box[3])), "object_shape"),
        (lambda s: replace(s, look=np.array([0, 1, 0, 0], np.float32)), "object_look"),
    ],
)
def test_each_oddity_rises_and_is_named_with_what_is_usual(state, change, reason):
    last = scores(state, with_somebody(change))[-1]
    assert last.value > 0.75
    part = last.parts[0]
    assert part.name == reason
    assert part.value > part.usual_high >= part.usual_low
    assert sum(p.share for p in last.parts) == pytest.approx(1.0, abs=0.1)


def test_motion_that_no_box_covers_rises(state):
    frames = footage.clip(9, 30)
    for frame in frames[10:]:
        frame.bands[30:34] *= 4
    judged = scores(state, frames)
    assert (judged[9].value < 0.75, judged[-1].value > 0.75) == (True, True)
    assert judged[-1].parts[0].name == "scene_motion"


def test_scores_are_causal(state):
    frames = with_somebody(lambda s: replace(s, label="truck"))
    assert [s.value for s in scores(state, frames[:12])] == [s.value for s in scores(state, frames)][:12]


def test_a_part_that_is_not_known_says_nothing(state):
    blind = [replace(f, objects=(), bands=None) for f in footage.clip(9, 5)]
    assert [(s.value, s.parts) for s in scores(state, blind)] == [(0.0, ())] * 5


def test_what_is_remembered_is_bounded_and_drawn_by_seed():
    many = [footage.clip(seed, frames=200, people=8) for seed in range(2)]
    first, again, other = learn(many, 1), learn(many, 1), learn(many, 2)
    assert first.shapes.shape == (MEMORY, 2)
    assert first.looks.shape == (MEMORY, 4)
    assert np.array_equal(first.shapes, again.shapes)
    assert not np.array_equal(first.shapes, other.shapes)


def test_perspective_is_learned():
    normality = learn([footage.clip(1, frames=200, people=8)])
    assert normality.heights.at(200.0) == pytest.approx(40.0, rel=0.05)
    assert normality.speeds.at(200.0) == pytest.approx(32.0, rel=0.2)
    assert normality.heights.at(-500.0) == 8.0


def test_too_little_footage_is_refused():
    with pytest.raises(NormalityError, match="shows 8 objects in 2 frames; at least 50"):
        learn([footage.clip(1, frames=2)])
    with pytest.raises(NormalityError, match="At least two clips"):
        leave_one_out([footage.clip(1)])


def test_a_state_comes_back_bit_for_bit(state, tmp_path):
    path = tmp_path / "street.npz"
    state.save(path)
    again = load(path)
    assert again.meta == state.meta
    assert [p.name for p in tmp_path.iterdir()] == ["street.npz"]
    frames = with_somebody(lambda s: replace(s, label="truck"))
    assert [s.value for s in scores(again, frames)] == [s.value for s in scores(state, frames)]


def test_foreign_altered_and_newer_files_are_refused(state, tmp_path):
    with pytest.raises(NormalityError, match="There is no learned state"):
        load(tmp_path / "nothing.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(NormalityError, match=r"text\.npz is not a learned state"):
        load(tmp_path / "text.npz")
    state.save(tmp_path / "good.npz")
    with np.load(tmp_path / "good.npz") as stored:
        arrays = dict(stored)
    np.savez(tmp_path / "altered.npz", **{**arrays, "shapes": arrays["shapes"] + 1.0})
    with pytest.raises(NormalityError, match="was altered"):
        load(tmp_path / "altered.npz")
    head = json.loads(str(arrays["meta"]))
    np.savez(tmp_path / "newer.npz", **{**arrays, "meta": np.array(json.dumps({**head, "version": 3}))})
    with pytest.raises(NormalityError, match="of version 3, not 2"):
        load(tmp_path / "newer.npz")


def test_looks_are_never_compared_across_embedders(state):
    with pytest.raises(NormalityError, match="learned with embedder 'looks' and cannot be used with 'none'"):
        NormalityScorer(state)


def test_a_scorer_takes_scenes_as_the_pipeline_gives_them(state):
    scorer = NormalityScorer(replace(state, meta=replace(state.meta, embedder="")))
    features = FeatureExtractor().extract([], (240, 360), 0.0)
    image = np.zeros((240, 360, 3), np.uint8)
    seen = [score_scene(scorer, Scene(image, (), features, t, t)).value for t in (0.0, 0.1)]
    assert (seen, scorer.name, scorer.version) == ([0.0, 0.0], "baseline", state.meta.digest)


def test_flow_is_in_pixels_a_second_at_any_picture_size():
    rng = np.random.default_rng(0)
    for width in (320, 960):
        noise = np.kron(rng.integers(0, 255, (40, width // 8 + 8)), np.ones((8, 8))).astype(np.uint8)
        picture = np.repeat(noise[:, :, None], 3, axis=2)
        meter, step = FlowMeter(), width // 80
        assert meter.measure(np.ascontiguousarray(picture[:, :width]), 0.0) is None
        motion = meter.measure(np.ascontiguousarray(picture[:, step : width + step]), 0.2)
        assert motion.in_box((width * 0.3, 80, width * 0.6, 240)) == pytest.approx(step * 5, rel=0.15)
        assert motion.bands().shape == (BANDS,)
        assert meter.measure(np.ascontiguousarray(picture[:, :width]), 5.0) is None


def test_legs_that_swing_are_no_speed_of_the_body():
    speed = np.full((20, 10), 10.0, np.float32)
    speed[14:] = 40.0
    assert Motion(speed, 1.0).in_box((0.0, 0.0, 10.0, 20.0)) == 10.0


def test_a_box_outside_of_the_picture_is_no_fault():
    motion = Motion(np.ones((10, 20), np.float32), 0.5)
    assert motion.in_box((500.0, 500.0, 600.0, 600.0)) == 1.0


def test_a_track_mean_starts_unbiased_and_forgets():
    means = TrackMeans()
    assert means.update(1, "speed", 4.0, 0.0) == 4.0
    assert 1.0 < means.update(1, "speed", 0.0, 0.1) < 2.0
    means.forget(10.0)
    assert means.update(1, "speed", 7.0, 10.0) == 7.0


def test_the_score_runs_through_its_landmarks():
    assert [to_score(d) for d in (0.0, 1.0)] == [0.0, 0.75]
    assert combine(np.array([1.0, 0, 0, 0, 0])) == 1.0
    assert combine(np.ones(len(PARTS))) == pytest.approx(5 ** (1 / 3))
    smooth = Smooth()
    assert (smooth.update(1.0, 0.0), round(smooth.update(0.0, 0.45), 3)) == (1.0, 0.368)


def test_every_part_has_plain_words():
    parts = [ScorePart(name, 2.0, 0.5, 1.0, 1.5, 1.0) for name in PARTS]
    assert [told(part) for part in parts] == [
        "the fastest place moves at 2.0 times what is fast there (usually 0.5 to 1.0)",
        "the fastest object moves 2.0 of its place's heights a second (usually 0.5 to 1.0)",
        "the rarest kind of object is one in 7, less if unsure (usually one in 2 to 3)",
        "the largest object for its place is 172% larger than any remembered (usually 28% to 65%)",
        "the least familiar look is 2.00 from any remembered (usually 0.50 to 1.00)",
    ]
