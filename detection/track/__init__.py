"""Follow objects over frames."""

from detection.track.deepsort import DeepSortTracker

__all__ = ["DeepSortTracker"]
