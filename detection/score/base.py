"""Say what a scorer sees of a frame, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from detection.features import FrameFeatures
from detection.types import FrameScore, Image, Track


@dataclass(frozen=True, slots=True)
class Scene:
    """One analysed frame as the stages before the score leave it.

    image: (height, width, 3), uint8, BGR, privacy masks burnt in; tracks: the objects seen in this frame; at_s: stream
    time in seconds, never falling; captured_at: Unix seconds, for what depends on the hour of the week.
    """

    image: Image
    tracks: tuple[Track, ...]
    features: FrameFeatures
    at_s: float
    captured_at: float

    @property
    def size(self) -> tuple[int, int]:
        """Return (height, width) in pixels."""
        return (self.image.shape[0], self.image.shape[1])


class Scorer(Protocol):
    """Score one camera's frames, in order of time. Not thread-safe."""

    @property
    def name(self) -> str:
        """Return the short name, as recorded with every event."""

    @property
    def version(self) -> str:
        """Return what tells two states of this scorer apart, for example a digest of its weights."""

    def update(self, scene: Scene, *, learn: bool = True) -> FrameScore:
        """Return how unusual the scene is, 0–1, with named parts, and learn from it where the scorer learns online.

        learn is False while an event is open. Raises on a fault: the camera shows it, a fault is never a quiet 0.
        """
