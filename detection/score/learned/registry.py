"""Open a trained model, whatever its kind: the one place to touch when another kind is added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from detection.score.base import Scorer
from detection.score.learned import attention, autoencoder, boosted, ensemble
from detection.score.learned.folder import ModelError, read_meta

_KINDS: dict[str, Callable[[Path], Scorer]] = {
    boosted.KIND: boosted.BoostedScorer,
    autoencoder.KIND: autoencoder.AutoencoderScorer,
    attention.KIND: attention.AttentionScorer,
}


def load_scorer(path: Path) -> Scorer:
    """Return a new scorer for one camera from a model folder; raises ModelError with a full sentence."""
    kind = str(read_meta(path)["kind"])
    if kind == ensemble.KIND:
        return ensemble.load_ensemble(path, load_scorer)
    if kind not in _KINDS:
        raise ModelError(f"The model '{path.name}' is of the unknown kind '{kind}'. Update Vedette, or train it again.")
    return _KINDS[kind](path)
