"""Score frames with no training: how far the features lie from this camera's own recent past."""

from __future__ import annotations

from math import exp, hypot

import numpy as np

from detection.features import FrameFeatures
from detection.score.base import Reading, Scene, Seen
from detection.score.baseline import Baseline, Vector
from detection.score.parts import FAMILIES, PARTS
from detection.types import FrameScore, ScorePart

WARM_UP_S = 10.0
MIDDLE = 3.6
"""A deviation of so many spreads scores one half."""
STEEPNESS = 0.9
SUSPICIOUS = 0.4
ODD_DEVIATION = 5.0
SLOWER = 3.0
"""From this score or this deviation of one feature on, samples are taken so many times more rarely."""
NAMED_PARTS = 5
MIN_NAMED_DEVIATION = 1.0

_FLOORS = np.array([p.floor for p in PARTS])
_IN_DIAGONALS = np.array([p.unit == "diagonal" for p in PARTS])
_SIDE = np.array([float(p.side) for p in PARTS])
_CAP = np.array([FAMILIES[p.family].cap for p in PARTS])
_WEIGHT = np.array([p.weight for p in PARTS])


class RobustScore:
    """Score one camera's frames, 0–1. Not thread-safe.

    Each defined feature gives a robust z-score (median and MAD: Iglewicz and Hoaglin, 1993) towards its unusual
    side, with floors and weights from PARTS. Of each family the strongest counts; families add up as a cubic norm,
    so that one strong reason is enough and several weak ones help. Each family is smoothed over its own time, and the
    sum is squashed by a logistic curve.
    """

    name = "robust"
    version = "1"
    reads = ""

    def __init__(self) -> None:
        self._baseline = Baseline(len(PARTS))
        self._started_at: float | None = None
        self._last_at = 0.0
        self._smooth = dict.fromkeys(FAMILIES, 0.0)

    def read(self, scene: Scene) -> Seen:
        """Read nothing of the picture: the features say it all."""
        return {}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame and learn it.

        learn is False while an event is open, so that what is unusual does not become usual by lasting. The frame is
        judged before it is learned. The first WARM_UP_S score 0, marked warming_up. Raises ValueError for features
        that are not finite.
        """
        values, at_s = part_values(reading.features), reading.at_s
        if self._started_at is None:
            self._started_at = self._last_at = at_s
        self._baseline.measure(at_s)
        deviations = part_deviations(values, self._baseline, hypot(*reading.size))
        warming = at_s - self._started_at < WARM_UP_S
        if warming:
            self._baseline.learn(values, at_s)
            self._last_at = at_s
            return FrameScore(0.0, warming_up=True)
        value = squash(self._add_up(deviations, at_s))
        if learn:
            odd = value >= SUSPICIOUS or float(deviations.max()) >= ODD_DEVIATION
            self._baseline.learn(values, at_s, SLOWER if odd else 1.0)
        return FrameScore(value, self._explain(values, deviations))

    def _add_up(self, deviations: np.ndarray, at_s: float) -> float:
        """Return the cubic norm of the families' smoothed deviations."""
        strongest = dict.fromkeys(FAMILIES, 0.0)
        for part, deviation in zip(PARTS, deviations, strict=True):
            strongest[part.family] = max(strongest[part.family], float(deviation))
        passed_s = max(0.0, at_s - self._last_at)
        self._last_at = at_s
        for name, family in FAMILIES.items():
            share = 1.0 - exp(-passed_s / family.smooth_s)
            self._smooth[name] += share * (strongest[name] - self._smooth[name])
        return float(sum(z**3 for z in self._smooth.values()) ** (1 / 3))

    def _explain(self, values: np.ndarray, deviations: np.ndarray) -> tuple[ScorePart, ...]:
        b = self._baseline
        order = [i for i in np.argsort(-deviations) if deviations[i] >= MIN_NAMED_DEVIATION][:NAMED_PARTS]
        whole = sum(float(deviations[i]) ** 3 for i in order)
        return tuple(
            ScorePart(
                name=PARTS[i].name,
                value=float(values[i]),
                usual_low=float(b.low[i]),
                usual_high=float(b.high[i]),
                deviation=float(deviations[i]),
                share=float(deviations[i]) ** 3 / whole,
            )
            for i in order
        )


def part_values(features: FrameFeatures) -> Vector:
    """Return the value of each part, (24,), NaN where it is not defined; raises ValueError when one is not finite."""
    if not np.isfinite([getattr(features, p.name) for p in PARTS]).all():
        raise ValueError(f"The features of a frame are not all finite: {features}.")
    return np.array([getattr(features, p.name) if p.defined(features) else np.nan for p in PARTS])


def part_deviations(values: Vector, usual: Baseline, diagonal: float) -> Vector:
    """Return how far each value, (24,) or (n, 24), lies on its unusual side, in spreads, never negative.

    diagonal: of the picture, px. Floors, weights and caps are those of PARTS and FAMILIES.
    """
    floors = np.where(_IN_DIAGONALS, _FLOORS * diagonal, _FLOORS)
    spread = np.maximum(np.where(_SIDE > 0, usual.spread_up, usual.spread_down), floors) * usual.doubt()
    raw = _SIDE * (values - usual.centre) / spread
    defined = np.where(np.isnan(values), 0.0, raw)
    return np.asarray(np.clip(defined, 0.0, _CAP) * _WEIGHT, np.float64)


def squash(deviation: float) -> float:
    """Return the score of a deviation in spreads: a logistic curve, moved so that no deviation is exactly 0."""
    base = 1.0 / (1.0 + exp(MIDDLE / STEEPNESS))
    value = 1.0 / (1.0 + exp((MIDDLE - deviation) / STEEPNESS))
    return max(0.0, (value - base) / (1.0 - base))
