"""Say how unusual a frame is for its camera."""

from detection.score.base import Reading, Scene, Scorer, Seen, reading_of, score_scene
from detection.score.robust import RobustScore

__all__ = ["Reading", "RobustScore", "Scene", "Scorer", "Seen", "reading_of", "score_scene"]
