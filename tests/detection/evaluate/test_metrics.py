"""The figures of a benchmark are exact, and micro is never macro."""

from __future__ import annotations

import numpy as np
import pytest

from detection.evaluate.metrics import macro_auc, micro_auc, roc_auc


def labels(text: str) -> np.ndarray:
    return np.array([c == "1" for c in text])


def test_the_area_counts_the_pairs_in_order_and_ties_by_half():
    assert roc_auc(labels("0011"), np.array([0.1, 0.4, 0.35, 0.8])) == 0.75
    assert roc_auc(labels("0101"), np.array([0.5, 0.5, 0.5, 0.5])) == 0.5
    assert roc_auc(labels("011"), np.array([0.0, 1.0, 2.0])) == 1.0


def test_one_kind_of_frame_has_no_area():
    assert roc_auc(labels("111"), np.array([0.1, 0.2, 0.3])) is None


def test_scores_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="3 labels and 2 scores"):
        roc_auc(labels("011"), np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="not a finite number"):
        roc_auc(labels("01"), np.array([0.0, np.nan]))


def test_micro_ranks_all_clips_together_and_macro_each_alone():
    truth = [labels("01"), labels("01"), labels("11")]
    scores = [np.array([0.1, 0.2]), np.array([0.8, 0.9]), np.array([0.5, 0.5])]
    assert macro_auc(truth, scores) == 1.0
    assert micro_auc(truth, scores) == 0.625
    assert micro_auc([], []) is None
