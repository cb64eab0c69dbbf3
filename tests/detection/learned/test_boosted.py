"""Boosted trees score by probability, say why, refuse what they were not trained on, and fail aloud."""

from __future__ import annotations

import numpy as np
import pytest

from detection.score.base import score_scene
from detection.score.learned import ModelError, load_scorer
from detection.score.learned.boosted import BoostedScorer
from detection.score.learned.columns import FEATURE_ORDER, PEOPLE_AND_FLOW
from detection.score.learned.folder import read_meta, save_model
from tests.detection.learned.models import boosted_folder, scene, trees
from tests.detection.scenes import track


def crowd(count: int) -> tuple:
    return tuple(track(i, (10.0 * i, 50.0, 10.0 * i + 8.0, 90.0)) for i in range(count))


def test_the_score_is_the_probability_of_the_trees_and_is_explained(tmp_path):
    folder = boosted_folder(tmp_path / "fights")
    scorer = load_scorer(tmp_path / "fights")
    assert (scorer.name, scorer.version) == ("lightgbm", folder.version)
    first = score_scene(scorer, scene(0.0, crowd(9)))
    assert (first.value, first.warming_up, first.parts) == (0.0, True, ())
    few, many = score_scene(scorer, scene(1.0, crowd(1))), score_scene(scorer, scene(1.2, crowd(9)))
    assert few.value < 0.2
    assert many.value > 0.8
    reason = many.parts[0]
    assert (reason.name, reason.value, reason.usual_low, reason.usual_high) == ("num_people", 9.0, 0.0, 3.0)
    assert reason.deviation > 1.0
    assert 0.5 < reason.share <= 1.0


def test_the_score_equals_what_the_trees_predict(tmp_path):
    boosted_folder(tmp_path / "fights")
    scorer = BoostedScorer(tmp_path / "fights")
    score_scene(scorer, scene(0.0))
    row = np.zeros(len(PEOPLE_AND_FLOW))
    row[PEOPLE_AND_FLOW.index("gap_heights_min")] = 10.0
    assert score_scene(scorer, scene(1.0)).value == pytest.approx(float(trees().predict(row[None])[0]))


def test_a_model_of_other_features_is_refused_by_their_names(tmp_path):
    boosted_folder(tmp_path / "fights", (*PEOPLE_AND_FLOW, "shoe_size"))
    with pytest.raises(
        ModelError, match=r"'fights' was trained on features that are not measured here: shoe_size\. Train"
    ):
        load_scorer(tmp_path / "fights")


def test_a_model_of_features_in_another_order_is_refused(tmp_path):
    order = (PEOPLE_AND_FLOW[0], PEOPLE_AND_FLOW[2], PEOPLE_AND_FLOW[1], *PEOPLE_AND_FLOW[3:])
    boosted_folder(tmp_path / "fights", order)
    with pytest.raises(ModelError, match=f"in another order, from '{PEOPLE_AND_FLOW[2]}' on"):
        load_scorer(tmp_path / "fights")


def test_trees_that_do_not_follow_their_meta_are_refused(tmp_path):
    boosted_folder(tmp_path / "a")
    meta = {k: v for k, v in read_meta(tmp_path / "a").items() if k not in {"version", "kind", "model_file"}}
    model = trees(tuple(reversed(PEOPLE_AND_FLOW))).model_to_string().encode()
    save_model(tmp_path / "fights", "lightgbm", "model.txt", model, meta, {})
    with pytest.raises(ModelError, match="The trees of the model 'fights' do not follow its feature_order"):
        load_scorer(tmp_path / "fights")
    save_model(tmp_path / "fights", "lightgbm", "model.txt", b"no trees", meta, {})
    with pytest.raises(ModelError, match="The file of the model 'fights' is not a LightGBM model"):
        load_scorer(tmp_path / "fights")


def test_all_columns_are_accepted(tmp_path):
    boosted_folder(tmp_path / "site", FEATURE_ORDER)
    scorer = load_scorer(tmp_path / "site")
    score_scene(scorer, scene(0.0))
    assert 0.0 < score_scene(scorer, scene(1.0, crowd(9))).value < 1.0


@pytest.mark.parametrize("answer", [np.array([[np.nan] * (len(PEOPLE_AND_FLOW) + 1)]), np.zeros((1, 3))])
def test_an_answer_that_is_none_is_a_fault_and_never_a_quiet_zero(tmp_path, monkeypatch, answer):
    boosted_folder(tmp_path / "fights")
    scorer = BoostedScorer(tmp_path / "fights")
    score_scene(scorer, scene(0.0))
    monkeypatch.setattr(scorer._booster, "predict", lambda *args, **options: answer)
    with pytest.raises(ModelError, match="'fights' answered values that are not finite"):
        score_scene(scorer, scene(1.0))


def test_trees_that_throw_are_a_fault_and_never_a_quiet_zero(tmp_path, monkeypatch):
    boosted_folder(tmp_path / "fights")
    scorer = BoostedScorer(tmp_path / "fights")
    score_scene(scorer, scene(0.0))

    def throw(*args: object, **options: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(scorer._booster, "predict", throw)
    with pytest.raises(ModelError, match=r"^The model 'fights' failed on a frame: no memory$"):
        score_scene(scorer, scene(1.0))
