"""A synthetic plaza: a day-lit square with people, four unusual things, and the ground truth of all of it.

It gives a new installation something to watch, and tests and benchmarks a scene of which everything is known.
"""

from detection.synthetic.clip import render_plaza
from detection.synthetic.plaza import plaza_frames
from detection.synthetic.truth import EventTruth, FrameTruth, GroundTruth, PersonTruth

__all__ = ["EventTruth", "FrameTruth", "GroundTruth", "PersonTruth", "plaza_frames", "render_plaza"]
