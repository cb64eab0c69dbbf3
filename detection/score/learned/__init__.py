"""Score with models trained beforehand: boosted trees, an autoencoder, attention over tracks, and an ensemble."""

from detection.score.learned.ensemble import EnsembleScorer, Member
from detection.score.learned.folder import ModelError
from detection.score.learned.registry import load_scorer
from detection.score.learned.tail import Tail

__all__ = ["EnsembleScorer", "Member", "ModelError", "Tail", "load_scorer"]
