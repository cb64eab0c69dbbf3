"""The autoencoder learns to paint normal frames, and runs in ONNX Runtime as it does in torch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from detection.score.base import reading_of, score_scene
from detection.score.learned import ModelError, load_scorer
from detection.score.learned.autoencoder import AutoencoderScorer, errors_by_place, small_picture
from detection.score.learned.folder import read_meta, save_model
from tests.detection.learned.models import scene
from tests.training.footage import walk
from training.autoencoder import Autoencoder, AutoencoderSettings, fit, repaint, train_autoencoder
from training.clips import find_clips, frames_of
from training.devices import device_of
from training.errors import TrainingError

QUICK = AutoencoderSettings(epochs=2, batch=16, device="cpu")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of three clips, trained for two epochs: enough to run, not to be good."""
    folder = tmp_path_factory.mktemp("autoencoder")
    for i in range(4):
        walk(folder / "data" / f"c{i}", frames=60, seed=i)
    train_autoencoder(find_clips(folder / "data"), folder / "model", QUICK)
    return folder


def test_it_has_the_size_it_is_described_with():
    assert sum(p.numel() for p in Autoencoder().parameters()) == 3_479_489
    assert Autoencoder()(torch.zeros(3, 1, 64, 64)).shape == (3, 1, 64, 64)
    assert Autoencoder().encode(torch.zeros(3, 1, 64, 64)).shape == (3, 256)


def test_training_lowers_the_error_and_keeps_pictures_apart():
    """Frozen bug: with plain ReLUs and a sigmoid it painted one mean picture for all, at a low but standing error."""
    rng = np.random.default_rng(4)
    pictures = np.kron(rng.uniform(0.0, 1.0, (8, 1, 4, 4)), np.ones((16, 16))).astype(np.float32)
    network, losses = fit(pictures, torch.device("cpu"), AutoencoderSettings(epochs=60, batch=8))
    assert losses[-1] < 0.5 * losses[0]
    assert losses[-1] < 0.5 * pictures.var(axis=0).mean(), "better than the mean picture"
    own = ((repaint(network, pictures) - pictures) ** 2).mean()
    others = ((repaint(network, pictures) - np.roll(pictures, 1, axis=0)) ** 2).mean()
    assert own < 0.5 * others


def test_the_exported_network_equals_the_trained_one(trained, tmp_path):
    clip = find_clips(trained / "data")[0]
    pictures = np.stack([small_picture(f.image) for f in frames_of(clip)])[:5]
    material = np.concatenate(
        [np.stack([small_picture(f.image) for f in frames_of(c)]) for c in find_clips(trained / "data")[:3]]
    )
    network, _ = fit(material, torch.device("cpu"), QUICK)
    scorer = AutoencoderScorer(trained / "model")
    there = scorer._network.run({"picture": pictures})[0]
    assert there == pytest.approx(repaint(network, pictures), abs=1e-4)
    assert scorer._network.run({"picture": pictures[:1]})[0] == pytest.approx(there[:1], abs=1e-5)


def test_errors_are_told_by_place():
    pictures = np.zeros((2, 1, 64, 64), np.float32)
    repainted = pictures.copy()
    repainted[1, 0, :16, 48:] = 0.5
    errors = errors_by_place(pictures, repainted)
    assert errors.shape == (2, 16)
    assert errors[1].tolist() == [0.0, 0.0, 0.0, 0.25] + [0.0] * 12


def test_a_strange_picture_scores_higher_and_says_where(trained):
    clip = find_clips(trained / "data")[3]
    scorer = load_scorer(trained / "model")
    assert (scorer.name, scorer.version) == ("autoencoder", read_meta(trained / "model")["version"])
    frames = [f.image for f in frames_of(clip)]
    usual = [score_scene(scorer, scene(i / 10, image=image)).value for i, image in enumerate(frames)]
    strange = frames[-1].copy()
    strange[:12, 48:] = 0
    strange[::2, 48::2] = 255
    judged = score_scene(scorer, scene(20.0, image=strange))
    assert judged.value > max(usual)
    assert judged.parts[0].name.startswith("picture, ")
    assert "right" in judged.parts[0].name
    assert judged.parts[0].value > judged.parts[0].usual_high


def test_a_network_that_throws_is_a_fault_and_never_a_quiet_zero(trained, monkeypatch):
    scorer = AutoencoderScorer(trained / "model")
    broken = scene(0.0, image=np.full((48, 64, 3), 9, np.uint8))
    monkeypatch.setattr("detection.score.learned.autoencoder.small_grey", lambda image: np.zeros((9, 9), np.uint8))
    with pytest.raises(ModelError, match=r"^The model 'model' failed on a frame: "):
        score_scene(scorer, broken)
    monkeypatch.setattr(
        "detection.score.learned.autoencoder.small_grey", lambda image: np.full((64, 64), np.nan, np.float32)
    )
    with pytest.raises(ModelError, match="answered values that are not finite"):
        score_scene(scorer, broken)


def test_a_foreign_network_is_refused(trained, tmp_path):
    facts = {k: v for k, v in read_meta(trained / "model").items() if k not in {"version", "kind", "model_file"}}
    save_model(tmp_path / "yard", "autoencoder", "model.onnx", b"no network", facts, {})
    with pytest.raises(ModelError, match="The model 'yard' is not a readable ONNX network"):
        load_scorer(tmp_path / "yard")
    model = (trained / "model" / "model.onnx").read_bytes()
    save_model(tmp_path / "yard", "autoencoder", "model.onnx", model, {**facts, "calibration": {}}, {})
    with pytest.raises(ModelError, match="The model 'yard' cannot be used: The calibration is not one"):
        load_scorer(tmp_path / "yard")
    save_model(tmp_path / "yard", "attention", "model.onnx", model, facts, {})
    with pytest.raises(ModelError, match="where past, present, place to mean, log_variance, group is wanted"):
        load_scorer(tmp_path / "yard")


def test_too_little_footage_is_refused(tmp_path):
    walk(tmp_path / "data" / "a", frames=40)
    with pytest.raises(TrainingError, match="There are fewer than 200 frames of normal footage"):
        train_autoencoder(find_clips(tmp_path / "data"), tmp_path / "model", replace(QUICK, epochs=1))
    assert not (tmp_path / "model").exists()


def test_a_missing_gpu_is_told(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device_of("auto") == torch.device("cpu")
    with pytest.raises(TrainingError, match="There is no GPU that torch can use here"):
        device_of("cuda")


def test_a_still_picture_costs_no_work_and_keeps_its_errors(trained, monkeypatch):
    frames = [f.image for f in frames_of(find_clips(trained / "data")[3])]
    scorer = AutoencoderScorer(trained / "model")
    first = scorer.judge(reading_of(scorer, scene(0.0, image=frames[0])))
    runs: list[object] = []
    monkeypatch.setattr(scorer._network, "run", runs.append)
    still = reading_of(scorer, replace(scene(0.2, image=frames[0]), moved=False))
    assert dict(still.seen) == {}
    assert scorer.judge(still) == first
    assert runs == []


def test_a_picture_that_could_not_be_read_is_not_scored(trained):
    scorer = AutoencoderScorer(trained / "model")
    assert scorer.judge(replace(reading_of(scorer, scene(0.0)), seen={})).warming_up


def test_the_first_picture_is_read_though_it_is_still(trained):
    scorer = AutoencoderScorer(trained / "model")
    assert scorer.read(replace(scene(0.0), moved=False))["grey"].shape == (64, 64)
