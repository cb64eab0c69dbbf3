"""Choose a scorer: one that needs no training, a learned state, or a trained model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from pathlib import Path

from detection.score.base import Scorer
from detection.score.learned import load_scorer
from detection.score.living import LivingBaseline
from detection.score.normality import NormalityScorer
from detection.score.normality.appearance import Embedder
from detection.score.normality.state import load
from detection.score.robust import RobustScore


def scorer_maker(choice: str | Path, embedder: Path | None = None, zone: tzinfo = UTC) -> Callable[[], Scorer]:
    """Return what makes a new scorer for one camera.

    choice: "baseline" learns what is normal for the camera as it watches; "robust" compares with its recent past alone;
    else the path of an .npz file that `evaluate --save` wrote, or of a model folder that `train` wrote. embedder: the
    .onnx file by which a baseline, or a state learned with it, knows how objects look. zone: by whose clocks a baseline
    tells the hours of the week. What is wrong with the files is found here, not at the first frame: raises ModelError
    or NormalityError with a full sentence.
    """
    if choice == RobustScore.name:
        return RobustScore
    looks = Embedder(embedder) if embedder else None
    if choice == LivingBaseline.name:
        return lambda: LivingBaseline(looks, zone=zone)
    path = Path(choice)
    if path.suffix == ".npz":
        state = load(path)

        def learned() -> Scorer:
            return NormalityScorer(state, looks)

        learned()
        return learned
    load_scorer(path)
    return lambda: load_scorer(path)
