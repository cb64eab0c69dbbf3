"""See bodies: the 33 points of tracked people, and what is unusual about them, each with a reason."""

from detection.pose.draw import draw_poses
from detection.pose.errors import PoseError
from detection.pose.finding import PoseFinding
from detection.pose.landmarker import Landmarker, MediaPipeLandmarker
from detection.pose.reading import PoseReading
from detection.pose.sense import PoseSense
from detection.pose.settings import PoseSettings
from detection.pose.stage import PoseStage

__all__ = [
    "Landmarker",
    "MediaPipeLandmarker",
    "PoseError",
    "PoseFinding",
    "PoseReading",
    "PoseSense",
    "PoseSettings",
    "PoseStage",
    "draw_poses",
]
