"""Compute the figures of a frame-level benchmark: the area under the ROC curve, micro and macro."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]


def roc_auc(labels: Labels, scores: Scores) -> float | None:
    """Return the chance that an unusual frame scores over a normal one, ties counted half; None without both kinds.

    labels and scores: (frames,). Computed from ranks (Mann and Whitney, 1947), so it is exact. Raises ValueError for
    lengths that differ or a score that is not finite.
    """
    if labels.shape != scores.shape:
        raise ValueError(f"There are {labels.size} labels and {scores.size} scores.")
    if not np.isfinite(scores).all():
        raise ValueError("A score is not a finite number.")
    unusual = int(labels.sum())
    normal = labels.size - unusual
    if unusual == 0 or normal == 0:
        return None
    ranks = rankdata(scores)
    return float((ranks[labels].sum() - unusual * (unusual + 1) / 2) / (unusual * normal))


def micro_auc(labels: Sequence[Labels], scores: Sequence[Scores]) -> float | None:
    """Return the AUC over the frames of all clips put together, in one ranking."""
    return roc_auc(np.concatenate(labels), np.concatenate(scores)) if labels else None


def macro_auc(labels: Sequence[Labels], scores: Sequence[Scores]) -> float | None:
    """Return the mean of the clips' own AUCs, over the clips that hold both kinds; never comparable with micro."""
    own = [auc for auc in map(roc_auc, labels, scores) if auc is not None]
    return float(np.mean(own)) if own else None
