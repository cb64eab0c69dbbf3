"""Choose a scorer: the one that needs no training, a learned state, or a trained model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from detection.score.base import Scorer
from detection.score.learned import load_scorer
from detection.score.normality import NormalityScorer
from detection.score.normality.appearance import Embedder
from detection.score.normality.state import load
from detection.score.robust import RobustScore


def scorer_maker(path: Path | None, embedder: Path | None = None) -> Callable[[], Scorer]:
    """Return what makes a new scorer for one camera.

    path: None for the camera's own recent past; an .npz file that `evaluate --save` wrote; or a model folder that
    `train` wrote. embedder: the .onnx file that a state with looks was learned with. What is wrong with the files is
    found here, not at the first frame: raises ModelError or NormalityError with a full sentence.
    """
    if path is None:
        return RobustScore
    if path.suffix == ".npz":
        state = load(path)

        def learned() -> Scorer:
            return NormalityScorer(state, Embedder(embedder) if embedder else None)

        learned()
        return learned
    load_scorer(path)
    return lambda: load_scorer(path)
