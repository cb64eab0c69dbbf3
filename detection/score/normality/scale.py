"""Bring the parts to one scale, and make one score of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.model import NormalityError, learn
from detection.score.normality.observe import Observation
from detection.score.normality.parts import FLOORS, PARTS, measure_clip

Floats = NDArray[np.float64]

TOP_PERCENTILE = 99.9
SMOOTH_S = 0.45
"""Time constant of the score's own mean, as 0.2 a frame at 10 frames a second."""
NAMED_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Scale:
    """How the parts lie on normal footage that was not learned from.

    centre: medians; top: the 99.9th percentiles; low, high: 5th and 95th percentiles, the usual range that people
    read; each (len(PARTS),), NaN for a part that was never seen.
    """

    centre: Floats
    top: Floats
    low: Floats
    high: Floats

    def deviations(self, raw: Floats) -> Floats:
        """Return each part's distance over its median, 1 at the top of normal footage, never negative, (parts,)."""
        floors = np.array([FLOORS[name] for name in PARTS])
        spread = np.maximum(self.top - self.centre, floors)
        return np.asarray(np.nan_to_num(np.maximum(0.0, (raw - self.centre) / spread), nan=0.0))


def scale_of(held_out: Floats) -> Scale:
    """Return the scale of raw parts, (frames, parts), that were measured on footage not learned from."""
    known = ~np.isnan(held_out).all(axis=0)
    low, centre, high, top = np.full((4, held_out.shape[1]), np.nan)
    if known.any():
        low[known], centre[known], high[known], top[known] = np.nanpercentile(
            held_out[:, known], [5, 50, 95, TOP_PERCENTILE], axis=0
        )
    return Scale(centre, top, low, high)


def leave_one_out(clips: Sequence[Sequence[Observation]], seed: int = 0) -> list[Floats]:
    """Return the raw parts of each clip, measured against what the other clips alone teach.

    Raises NormalityError for fewer than two clips: what was learned from is closer than anything new will ever be.
    """
    if len(clips) < 2:
        raise NormalityError("At least two clips are needed: one is held out to see how normal footage scores.")
    return [
        measure_clip(learn([other for j, other in enumerate(clips) if j != i], seed), clip)
        for i, clip in enumerate(clips)
    ]


def combine(deviations: Floats) -> float:
    """Return the cubic norm of the parts: one strong reason is enough, several weak ones help."""
    return float((deviations**3).sum() ** (1 / 3))


def to_score(deviation: float) -> float:
    """Return the score, 0–1: 0.75 at the top of normal footage (deviation 1), 0.6 at half and 0.86 at twice that."""
    return deviation / (deviation + 1.0 / 3.0)


class Smooth:
    """Average over the last moments only: an exponential mean of time constant SMOOTH_S, from the first value on."""

    def __init__(self) -> None:
        self._value: float | None = None
        self._at_s = 0.0

    def update(self, value: float, at_s: float) -> float:
        """Return the mean with this value in it."""
        if self._value is None:
            self._value = value
        else:
            self._value += (1.0 - exp(-max(0.0, at_s - self._at_s) / SMOOTH_S)) * (value - self._value)
        self._at_s = at_s
        return self._value
