"""Describe a frame by 24 named numbers, and name what they show."""

from detection.features.frame import FEATURES, FeatureExtractor, FrameFeatures
from detection.features.tags import tags_of

__all__ = ["FEATURES", "FeatureExtractor", "FrameFeatures", "tags_of"]
