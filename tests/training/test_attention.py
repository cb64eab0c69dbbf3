"""The attention model learns what tracks do, and runs in ONNX Runtime as it does in torch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from detection.score.base import score_scene
from detection.score.learned import ModelError, load_scorer
from detection.score.learned.attention import PARTS, AttentionScorer, errors_of, part_errors
from detection.score.learned.paths import FORGET_S, GROUP_NAMES, STEPS, TrackPaths
from tests.detection.learned.models import scene
from tests.detection.scenes import HEIGHT, WIDTH, track
from tests.training.footage import WhiteDetector, walk
from training.attention import AttentionSettings, PathAttention, _joined, errors_with, fit, train_attention
from training.clips import find_clips
from training.errors import TrainingError
from training.scenes import scenes_of

QUICK = AttentionSettings(epochs=12, batch=64, device="cpu")
SIZE = (HEIGHT, WIDTH)


def walker(at_s: float, speed: float = 20.0, label: str = "person", number: int = 1):
    left = 20.0 + speed * at_s
    return track(number, (left, 80.0, left + 20.0, 140.0), label, velocity=(speed, 0.0))


def walk_past(speed: float = 20.0, label: str = "person"):
    paths = TrackPaths()
    return [paths.look([walker(i / 10, speed, label)], SIZE, i / 10) for i in range(80)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of slow walks from left to right."""
    folder = tmp_path_factory.mktemp("attention")
    for i in range(4):
        walk(folder / "data" / f"c{i}", frames=70, speed=0.5, seed=i)
    train_attention(find_clips(folder / "data"), WhiteDetector(), folder / "model", QUICK)
    return folder


def test_a_moment_holds_the_past_before_it_newest_last():
    moments = walk_past()
    assert moments[0].present.sum() == 0.0
    third = moments[2]
    assert third.present.tolist() == [[0.0] * (STEPS - 2) + [1.0, 1.0]]
    assert third.past[0, -1, :6] == pytest.approx(moments[1].now[0])
    assert third.now[0] == pytest.approx(
        [34 / WIDTH, 110 / HEIGHT, 20 / 60, 0.0, np.log(60 / HEIGHT), np.log(20 / WIDTH)]
    )
    assert third.past[0, -1, 6:].tolist() == pytest.approx([1.0, 0, 0, 0, 0, 0, 0.1])
    assert moments[70].present.sum() == STEPS


def test_tracks_are_thinned_and_forgotten():
    paths = TrackPaths()
    for i in range(20):
        paths.look([walker(0.0)], SIZE, i * 0.01)
    assert paths.look([walker(0.0)], SIZE, 0.2).present.sum() == 3.0, "one step at 0, 0.09 and 0.18 s"
    paths.look([], SIZE, 0.2 + FORGET_S + 0.1)
    assert paths.look([walker(0.0)], SIZE, 4.0).present.sum() == 0.0
    assert GROUP_NAMES[paths.look([walker(0.0, label="giraffe")], SIZE, 4.1).group[0]] == "other"


def test_errors_are_negative_log_likelihoods():
    mean, log_variance = np.zeros((2, 4), np.float32), np.zeros((2, 4), np.float32)
    logits = np.zeros((2, 4), np.float32)
    now = np.array([[1.0, 0.0, 0.0, 2.0]], np.float32)
    (errors,) = errors_of(mean, log_variance, logits, now, np.array([2]))
    base = np.log(2 * np.pi)
    assert errors == pytest.approx([base + 0.5, base + 2.0, np.log(4.0), base + 0.5, base + 2.0])


def test_training_lowers_the_loss_and_a_runner_is_less_likely():
    usual = _joined(walk_past())
    network, losses = fit(usual, torch.device("cpu"), replace(QUICK, epochs=120))
    assert losses[-1] < losses[0] - 1.0
    late = [errors_with(network, m)[0] for m in walk_past()[40:60]]
    fast = [errors_with(network, m)[0] for m in walk_past(speed=30.0)[40:60]]
    assert np.mean(fast, axis=0)[PARTS.index("motion for its place")] > np.mean(late, axis=0)[0] + 1.0
    bike = [errors_with(network, m)[0] for m in walk_past(label="bicycle")[40:60]]
    assert np.mean(bike, axis=0)[2] > np.mean(late, axis=0)[2] + 1.0


def test_the_past_matters_where_it_is_shown():
    torch.manual_seed(0)
    network = PathAttention().eval()
    now, then = walk_past()[5], walk_past(speed=40.0)[5]
    place = torch.zeros(1, 2)
    with torch.no_grad():
        seen = [network(torch.from_numpy(m.past), torch.from_numpy(m.present), place)[0] for m in (now, then)]
        hidden = [network(torch.from_numpy(m.past), torch.zeros(1, STEPS), place)[0] for m in (now, then)]
    assert not torch.allclose(seen[0], seen[1])
    assert torch.equal(hidden[0], hidden[1])


def test_the_exported_network_equals_the_trained_one(trained):
    learned = []
    for clip in find_clips(trained / "data")[:3]:
        paths = TrackPaths()
        learned += [paths.look(s.tracks, s.size, s.at_s) for s in scenes_of(clip, WhiteDetector(), None)]
    learned = [m for m in learned if len(m)]
    network, _ = fit(_joined(learned), torch.device("cpu"), QUICK)
    exported = AttentionScorer(trained / "model")._network
    for moments in learned[::40]:
        assert part_errors(exported, moments) == pytest.approx(errors_with(network, moments), rel=1e-3, abs=1e-3)


def test_a_vehicle_scores_higher_than_a_walker_and_says_why(trained):
    clip = find_clips(trained / "data")[3]
    scorer = load_scorer(trained / "model")
    scenes = list(scenes_of(clip, WhiteDetector(), None))
    usual = [score_scene(scorer, s).value for s in scenes]
    last = scenes[-1]
    van = track(99, (4.0, 10.0, 40.0, 40.0), "truck", velocity=(90.0, 0.0))
    judged = score_scene(scorer, type(last)(last.image, (van,), last.features, last.at_s + 0.5, last.captured_at))
    assert judged.value > max(usual)
    assert {p.name for p in judged.parts} == set(PARTS)
    assert judged.parts[0].name in {"class for its place", "motion for its place", "motion after its past"}
    assert sum(p.share for p in judged.parts) == pytest.approx(1.0)
    assert score_scene(scorer, scene(1000.0)).parts == (), "nobody is there"


def test_a_network_that_throws_is_a_fault_and_never_a_quiet_zero(trained, monkeypatch):
    scorer = AttentionScorer(trained / "model")

    def throw(*args: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(scorer._network, "_session", type("Broken", (), {"run": throw})())
    with pytest.raises(ModelError, match=r"^The model 'model' failed on a frame: no memory\.$"):
        score_scene(scorer, scene(0.0, (walker(0.0),)))


def test_too_few_tracks_are_refused(tmp_path):
    walk(tmp_path / "data" / "a", frames=20)
    with pytest.raises(TrainingError, match=r"^Only \d+ moments of tracks were seen"):
        train_attention(find_clips(tmp_path / "data"), WhiteDetector(), tmp_path / "model", QUICK)
    assert not (tmp_path / "model").exists()
