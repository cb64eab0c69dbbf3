"""Reduce a frame to what normality is learned from: a few numbers per object, and the motion by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.appearance import Embedder
from detection.score.normality.flow import Field, FlowMeter, Motion
from detection.types import Box, Image, Track

MAX_OBJECTS = 40
"""Objects looked at in one frame, the surest first: it bounds the work of a crowd."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One object in one frame: its box in pixels, its speed in px/s, and its look, a unit vector, where one is known.

    confidence: how sure the detector is of the label, 0–1; speed_px_s is None on a frame without flow.
    """

    track_id: int
    label: str
    confidence: float
    box: Box
    speed_px_s: float | None
    look: NDArray[np.float32] | None = None

    @property
    def foot_y(self) -> float:
        """Return where it stands: the lower edge, px."""
        return self.box[3]


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame: its time in seconds, its objects, and the fastest motion per horizontal band, px/s, (BANDS,)."""

    at_s: float
    height: int
    objects: tuple[Seen, ...]
    bands: Field | None


class Observer:
    """Observe one camera's frames in order of time. Not thread-safe.

    embedder: how objects look is observed only with one.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._flow = FlowMeter()
        self._embedder = embedder

    def observe(self, image: Image, tracks: Sequence[Track], at_s: float) -> Observation:
        """Return what one frame shows; image: (height, width, 3), uint8, BGR; at_s: stream time, never falling."""
        return self.describe(image, tracks, self._flow.measure(image, at_s), at_s)

    def describe(self, image: Image, tracks: Sequence[Track], motion: Motion | None, at_s: float) -> Observation:
        """Return the same with a motion measured elsewhere, for example while the detector was at work."""
        chosen = sorted(tracks, key=lambda t: (-t.confidence, t.track_id))[:MAX_OBJECTS]
        looks: Sequence[NDArray[np.float32] | None] = [None] * len(chosen)
        if self._embedder is not None:
            looks = list(self._embedder.embed(image, [t.box for t in chosen]))
        objects = tuple(
            Seen(t.track_id, t.label, t.confidence, t.box, None if motion is None else motion.in_box(t.box), look)
            for t, look in zip(chosen, looks, strict=True)
        )
        return Observation(at_s, image.shape[0], objects, None if motion is None else motion.bands())
