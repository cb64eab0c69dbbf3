"""Say how unusual a frame is for its camera."""

from detection.score.robust import RobustScore

__all__ = ["RobustScore"]
