"""Say how unusual a frame is for its camera."""

from detection.score.base import Scene, Scorer
from detection.score.robust import RobustScore

__all__ = ["RobustScore", "Scene", "Scorer"]
