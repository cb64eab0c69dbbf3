"""Bring the parts to one scale, and make one score of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.model import NormalityError, learn
from detection.score.normality.observe import Observation
from detection.score.normality.parts import FLOORS, PARTS, SCENE, Floats, Measured, measure_clip
from detection.score.normality.travel import Place

TOP_PERCENTILE = 99.9
OFTEN_PERCENTILE = 98.0
LEAST_VOICE = 0.25
"""A part that lies this far under the top says nothing, however seldom it goes so high."""
VOICE_MARGIN = 1.11
"""A part speaks a margin over what is often seen of it. At it two agree in none of 2,550 frames of Ped2's training
clips held out; with voices a tenth lower in 4 (YOLOv8n at 416) and 12 (at 640), a fifth lower in 10 and 15."""
AGREED = 1.5
"""By how much more the score of a frame counts on which parts agree: of 2,550 frames of Ped2's training clips held out
none shows that, with looks one, so that it is further from normal than each part says."""
SMOOTH_S = 0.45
"""Time constant of the score's own mean, as 0.2 a frame at 10 frames a second."""
NAMED_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Scale:
    """How the parts lie on normal footage that was not learned from.

    centre: medians; top: the 99.9th percentiles; low, high: 5th and 95th percentiles, the usual range that people
    read; often: the 98th percentiles, over which a part is a witness of its own; each (len(PARTS),), NaN for a part
    that was never seen.
    """

    centre: Floats
    top: Floats
    low: Floats
    high: Floats
    often: Floats

    def deviations(self, raw: Floats) -> Floats:
        """Return each part's distance over its median, 1 at the top of normal footage, never negative.

        raw: (parts,) or (objects, parts), and so is what comes back; 0 for what is not told.
        """
        floors = np.array([FLOORS[name] for name in PARTS])
        spread = np.maximum(self.top - self.centre, floors)
        return np.asarray(np.nan_to_num(np.maximum(0.0, (raw - self.centre) / spread), nan=0.0))


def scale_of(held_out: Floats) -> Scale:
    """Return the scale of raw parts, (frames, parts), that were measured on footage not learned from."""
    known = ~np.isnan(held_out).all(axis=0)
    low, centre, high, often, top = np.full((5, held_out.shape[1]), np.nan)
    if known.any():
        low[known], centre[known], high[known], often[known], top[known] = np.nanpercentile(
            held_out[:, known], [5, 50, 95, OFTEN_PERCENTILE, TOP_PERCENTILE], axis=0
        )
    return Scale(centre, top, low, high, often)


@dataclass(frozen=True, slots=True)
class Judged:
    """One frame against the scale, before it is smoothed.

    deviation: of the most unusual object or of the scene, 1 at the top of normal footage; raw, deviations: the parts
    that it is made of, (parts,); over: (objects, parts), where a part is over what is often seen of it; motion: the
    deviation of the scene's, and moves: whether it is over; place: the fastest.
    """

    deviation: float
    raw: Floats
    deviations: Floats
    over: NDArray[np.bool_]
    motion: float
    moves: bool
    place: Place | None


def judge(measured: Measured, scale: Scale, doubt: float = 1.0) -> Judged:
    """Return the most unusual object of a frame, or the motion of a place that no object explains.

    doubt: all deviations are divided by it, 1 or more, where the scale is one of little footage.

    The parts of an object add up, with the motion at its place; those of different objects do not, as each of many
    normal ones is a little unusual in something. Two parts that are each seldom so high, together on one object, are
    far more than either: which they are is told, for Voices to count.
    """
    alone = np.full(len(PARTS), np.nan)
    alone[SCENE] = measured.frame[SCENE]
    raw = np.vstack([alone, measured.objects])
    deviations = scale.deviations(raw) / doubt
    voices = VOICE_MARGIN * np.maximum(np.nan_to_num(scale.deviations(scale.often)), LEAST_VOICE)
    most = int(np.argmax((deviations**3).sum(axis=1)))
    return Judged(
        deviation=combine(deviations[most]),
        raw=raw[most],
        deviations=deviations[most],
        over=deviations[1:] > voices,
        motion=float(deviations[0, SCENE]),
        moves=bool(deviations[0, SCENE] > voices[SCENE]),
        place=measured.place,
    )


def leave_one_out(clips: Sequence[Sequence[Observation]], seed: int = 0) -> list[list[Measured]]:
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


def corroborated(deviation: float, agreement: int) -> float:
    """Return a smoothed deviation as far as it is believed: more while two parts or more agree."""
    return deviation * AGREED if agreement > 1 else deviation


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
