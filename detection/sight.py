"""Say what the work on one picture gave: all that the score and the events of its camera depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Protocol

from detection.features import FrameFeatures
from detection.motion import GateDecision
from detection.score.base import Reading, Seen
from detection.senses import Finding
from detection.types import Detection, Track

MIN_SIDE_PX = 1.0


@dataclass(frozen=True, slots=True)
class Sight:
    """One analysed frame after every stage that needs its picture, and no picture.

    index, captured_at: as in Frame; at_s: stream time in seconds, never falling; size: (height, width) in pixels.
    refused: detections of this frame that were unusable. When the detector failed, or the scorer could not read the
    picture, error is the sentence; features are None when there is nothing to judge. findings: what each sense said.
    """

    index: int
    at_s: float
    captured_at: float
    size: tuple[int, int]
    gate: GateDecision
    detections: tuple[Detection, ...] = ()
    tracks: tuple[Track, ...] = ()
    features: FrameFeatures | None = None
    seen: Seen = field(default_factory=dict)
    refused: int = 0
    error: str = ""
    findings: tuple[Finding, ...] = ()

    def reading(self, features: FrameFeatures) -> Reading:
        """Return what a scorer judges, with the features of this sight."""
        return Reading(self.tracks, features, self.size, self.at_s, self.captured_at, self.gate.moved, self.seen)


class Tape(Protocol):
    """Keep the sights of one camera as they come. What goes wrong is told elsewhere and never stops the watch."""

    def add(self, sight: Sight) -> None:
        """Keep one sight."""

    def flushed(self) -> None:
        """Keep that the event open at this point, if any, was closed: the source is gone."""


def usable(detections: Sequence[Detection], size: tuple[int, int]) -> tuple[Detection, ...]:
    """Return the detections that later stages can work with, cut to the picture; size: (height, width) in pixels.

    Left out are those with a box or a confidence that is not finite, and those of which less than MIN_SIDE_PX lies in
    the picture: one NaN would spread through the tracker to every other object.
    """
    height, width = float(size[0]), float(size[1])
    kept = []
    for found in detections:
        if not all(isfinite(value) for value in (*found.box, found.confidence)):
            continue
        left, right = (min(max(float(x), 0.0), width) for x in (found.box[0], found.box[2]))
        top, bottom = (min(max(float(y), 0.0), height) for y in (found.box[1], found.box[3]))
        if right - left >= MIN_SIDE_PX and bottom - top >= MIN_SIDE_PX:
            confidence = min(max(float(found.confidence), 0.0), 1.0)
            kept.append(Detection((left, top, right, bottom), found.label, confidence))
    return tuple(kept)
