"""Say what a scorer sees of a frame, what it keeps of the picture, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from detection.features import FrameFeatures
from detection.types import FrameScore, Image, Track

Seen = Mapping[str, NDArray[Any]]
"""What a scorer read of one picture: small arrays by name, each always of one type."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One analysed frame as the stages before the score leave it.

    image: (height, width, 3), uint8, BGR, privacy masks burnt in; tracks: the objects seen in this frame; at_s: stream
    time in seconds, never falling; captured_at: Unix seconds, for what depends on the hour of the week; moved: whether
    the motion gate was open, so that on a still picture nothing needs to be measured.
    """

    image: Image
    tracks: tuple[Track, ...]
    features: FrameFeatures
    at_s: float
    captured_at: float
    moved: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Return (height, width) in pixels."""
        return (self.image.shape[0], self.image.shape[1])


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that the score of one frame depends on, and no picture; size: (height, width) in pixels."""

    tracks: tuple[Track, ...]
    features: FrameFeatures
    size: tuple[int, int]
    at_s: float
    captured_at: float
    moved: bool
    seen: Seen


class Reader(Protocol):
    """Read what a scorer needs of each picture of one camera, in order of time."""

    def read(self, scene: Scene) -> Seen:
        """Return what the picture shows, remembering of earlier scenes only what the measurement itself needs.

        Raises on a fault: the camera shows it.
        """


class Scorer(Reader, Protocol):
    """Score one camera's frames, in order of time. Not thread-safe.

    A score is made in two steps: what costs work on the picture is read, and what was read is judged. Readings can be
    kept, and judged again without the picture: the same readings give the same scores.
    """

    @property
    def name(self) -> str:
        """Return the short name, as recorded with every event."""

    @property
    def version(self) -> str:
        """Return what tells two states of this scorer apart, for example a digest of its weights."""

    @property
    def reads(self) -> str:
        """Return what tells two kinds of readings apart; "" when nothing is read of the picture."""

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return how unusual the frame is, 0–1, with named parts, and learn from it where the scorer learns online.

        learn is False while an event is open. Raises on a fault: the camera shows it, a fault is never a quiet 0.
        """


def reading_of(reader: Reader, scene: Scene) -> Reading:
    """Return what a scorer keeps of a scene."""
    return Reading(
        scene.tracks, scene.features, scene.size, scene.at_s, scene.captured_at, scene.moved, reader.read(scene)
    )


def score_scene(scorer: Scorer, scene: Scene, *, learn: bool = True) -> FrameScore:
    """Return the score of one scene: read and judged."""
    return scorer.judge(reading_of(scorer, scene), learn=learn)
