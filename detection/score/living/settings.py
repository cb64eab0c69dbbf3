"""Say how a baseline learns, what it reports, and what people tell it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

Phase = Literal["warming up", "active", "drifting", "relearning"]


@dataclass(frozen=True, slots=True)
class LivingSettings:
    """When a baseline has seen enough, and how much it keeps.

    warm_s: seconds of footage before it judges; warm_sightings: objects in frames before it judges (somebody in view
    for ten frames is ten sightings); quiet_s: where too little passes, it judges by what the whole frame shows after
    so many seconds. retrain_s: seconds of learned footage at which it learns anew, the last step repeating; swap_s:
    what was learned takes effect this long after the learning began, whether or not the machine was quick.

    chapter_s: length of one kept piece of footage; chapter_frames, chapter_objects, chapter_looks: at most kept of
    it; recent_chapters: the last so many, one every recent_every_s once there are enough; week_chapters: those spread
    over the hours of the week; empty_chapters: pieces in which nothing was seen. lead_s: footage so long before an
    event is withheld with it, and so long around a true alarm is unlearned.

    drift_s: the span over which frames are counted; drift_ratio: so many times the usual share over the 95th
    percentile is drift. moved_s: another view for so long means that the camera was moved. Raises ValueError for a
    value with which nothing could be learned.
    """

    warm_s: float = 180.0
    warm_sightings: int = 200
    quiet_s: float = 1800.0
    retrain_s: tuple[float, ...] = (180.0, 600.0, 1800.0, 5400.0, 9000.0)
    swap_s: float = 20.0
    chapter_s: float = 15.0
    chapter_frames: int = 75
    chapter_objects: int = 800
    chapter_looks: int = 96
    recent_chapters: int = 12
    recent_every_s: float = 120.0
    week_chapters: int = 20
    empty_chapters: int = 8
    lead_s: float = 3.0
    drift_s: float = 1800.0
    drift_ratio: float = 3.0
    moved_s: float = 20.0

    def __post_init__(self) -> None:
        """Refuse settings with which nothing could be learned."""
        positive = (self.warm_s, self.quiet_s, self.swap_s, self.chapter_s, self.drift_s, self.moved_s)
        if not all(isfinite(value) and value > 0.0 for value in positive):
            raise ValueError("Every span of a baseline's settings must be a number of seconds over 0.")
        if len(self.retrain_s) < 2 or list(self.retrain_s) != sorted(set(self.retrain_s)):
            raise ValueError(f"retrain_s must rise and have at least two steps, not {self.retrain_s}.")
        if self.recent_chapters < 2 or self.week_chapters < 1 or self.chapter_frames < 2:
            raise ValueError("A baseline needs at least two recent chapters, one of the week, and two frames in each.")


@dataclass(frozen=True, slots=True)
class BaselineStatus:
    """How far a camera's baseline is.

    progress: 0–1 of warming up, 1 afterwards; left_s: seconds until it judges by what it learned, None where that
    cannot be told; since: Unix time at which the phase began; learned_s: seconds of footage learned from; objects:
    different objects in it; version: tells two states apart.
    """

    phase: Phase
    progress: float
    left_s: float | None
    message: str
    since: float
    learned_s: float
    objects: int
    version: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What people said of a span, in Unix seconds: normal (a false alarm, or expected), or a true alarm."""

    started_at: float
    ended_at: float
    normal: bool
