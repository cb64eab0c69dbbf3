"""Trees learn what was labelled, are judged on clips outside their training, and run as they were trained."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detection.score.base import score_scene
from detection.score.learned import load_scorer
from detection.score.learned.columns import FEATURE_ORDER, PEOPLE_AND_FLOW, VALUES
from tests.training.footage import WhiteDetector, walk
from training.boosted import BoostedSettings, ClipRows, cross_validate, fit, rows_of, train_boosted, usual_ranges
from training.errors import TrainingError
from training.labels import read_labels
from training.report import auc
from training.scenes import scenes_of

SETTINGS = BoostedSettings(fps=10.0, columns="people-flow", folds=2)


def footage(folder):
    for i in range(4):
        walk(folder / "normal" / f"n{i}", speed=0.3, seed=i)
        walk(folder / "fast" / f"f{i}", speed=4.0, seed=10 + i)
    return folder


def test_trees_tell_fast_from_slow_on_clips_they_have_not_seen(tmp_path):
    seen: list[tuple[str, float]] = []
    trained = train_boosted(
        read_labels(footage(tmp_path / "data")), WhiteDetector(), tmp_path / "model", SETTINGS,
        lambda what, done: seen.append((what, done)),
    )  # fmt: skip
    assert auc(trained.judged["spans"]) == 1.0
    assert len(trained.judged["spans"].score) == 8
    assert {what: done for what, done in seen} == {"Looking at the clips": 1.0, "Judging on clips left out": 1.0}
    meta = trained.folder.meta
    assert tuple(meta["feature_order"]) == PEOPLE_AND_FLOW
    assert (meta["metrics"]["spans"]["auc"], meta["trained_on"]["clips"], meta["trained_on"]["positive_clips"]) == (
        1.0,
        8,
        4,
    )
    assert json.loads((tmp_path / "model" / "report.json").read_text())["levels"]["spans"]["auc"] == 1.0
    assert (tmp_path / "model" / "roc.png").read_bytes().startswith(b"\x89PNG")

    peaks = {}
    for clip in read_labels(tmp_path / "data")[::4]:
        scorer = load_scorer(tmp_path / "model")
        peaks[clip.clip.name] = max(score_scene(scorer, s).value for s in scenes_of(clip.clip, WhiteDetector(), 10.0))
    assert peaks["f0"] > meta["threshold"] > peaks["n0"]


def test_the_same_seed_gives_the_same_model(tmp_path):
    clips = read_labels(footage(tmp_path / "data"))
    one, two = (train_boosted(clips, WhiteDetector(), tmp_path / name, SETTINGS) for name in ("one", "two"))
    assert one.folder.version == two.folder.version


def test_rows_are_those_within_the_spans(tmp_path):
    walk(tmp_path / "a", frames=20)
    (tmp_path / "spans.csv").write_text("clip,start_s,end_s,label\na,0.7,1.0,fight\na,1.5,9,normal\n")
    (clip,) = read_labels(tmp_path / "spans.csv")
    rows = rows_of(clip, WhiteDetector(), 10.0)
    assert rows.rows.shape == (8, len(FEATURE_ORDER))
    assert rows.positive.tolist() == [True] * 3 + [False] * 5
    assert rows.weight == pytest.approx([1 / 3] * 3 + [1 / 5] * 5)
    assert usual_ranges([rows])[0] == [1.0, 1.0], "one person throughout"
    assert len(usual_ranges([rows])) == len(VALUES)


def test_a_clip_without_usable_frames_is_named(tmp_path):
    walk(tmp_path / "a", frames=3)
    (tmp_path / "spans.csv").write_text("clip,start_s,end_s,label\na,0,9,fight\n")
    with pytest.raises(TrainingError, match=r"a' has no frame 0.6 s after its start within a span"):
        rows_of(read_labels(tmp_path / "spans.csv")[0], WhiteDetector(), 10.0)


def rows(value: float, positive: bool) -> ClipRows:
    data = np.zeros((40, len(FEATURE_ORDER)))
    data[:, 0] = value
    return ClipRows(data, np.arange(40) / 5.0, np.zeros(40, np.int64), np.full(40, positive))


def test_one_label_alone_cannot_be_trained():
    with pytest.raises(TrainingError, match="The material has only one label"):
        fit([rows(1.0, True)], np.array([0]), FEATURE_ORDER[:1], 0)


def test_a_clip_is_never_judged_by_trees_that_saw_it():
    """Two blocks that contradict each other: trees that had seen a clip would be right, these must be wrong."""
    data = [rows(1.0, False), rows(5.0, True), rows(5.0, False), rows(1.0, True)]
    judged = cross_validate(data, [[0, 1], [2, 3]], np.array([0]), SETTINGS)
    assert auc(judged["spans"]) == 0.0
