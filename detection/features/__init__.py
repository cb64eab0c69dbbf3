"""Describe a frame by 24 named numbers, name what they show, and tell people's pace over a short and a long window."""

from detection.features.frame import FEATURES, FeatureExtractor, FrameFeatures
from detection.features.tags import tags_of
from detection.features.windows import WINDOW_NAMES, PaceWindows

__all__ = ["FEATURES", "WINDOW_NAMES", "FeatureExtractor", "FrameFeatures", "PaceWindows", "tags_of"]
