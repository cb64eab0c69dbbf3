"""Bring scores of any kind to one scale: how rare such a value is on normal footage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVELS = 200
KNEE = 0.99
MIN_SAMPLES = 50
_DECADE = float(np.log(10.0))


@dataclass(frozen=True, slots=True)
class Tail:
    """The distribution of a raw score on normal footage.

    values: (LEVELS + 1,), rising, its quantiles from 0 to KNEE; scale: the mean excess over the last of them. Up to
    the knee the tail probability is the empirical one; beyond it an exponential tail goes on (peaks over threshold:
    Pickands, 1975, with shape 0), so that two values which both were never seen still differ.
    """

    values: NDArray[np.float64]
    scale: float

    @classmethod
    def fit(cls, raw: ArrayLike) -> Tail:
        """Return the tail of raw scores, (n,), of normal footage; raises ValueError for fewer than MIN_SAMPLES."""
        sample = np.sort(np.asarray(raw, np.float64).ravel())
        if len(sample) < MIN_SAMPLES or not np.isfinite(sample).all():
            raise ValueError(f"A scale needs {MIN_SAMPLES} finite scores of normal footage, not {len(sample)}.")
        values = np.quantile(sample, np.linspace(0.0, KNEE, LEVELS + 1))
        excess = sample[sample > values[-1]] - values[-1]
        least = max(1e-9, 1e-3 * float(values[-1] - values[0]))
        return cls(values, max(least, float(excess.mean()) if len(excess) else 0.0))

    def surprise(self, raw: ArrayLike) -> NDArray[np.float64]:
        """Return −log10 of the share of normal footage that scores as high, ≥ 0, in the shape of raw."""
        x = np.asarray(raw, np.float64)
        known, first = np.unique(self.values, return_index=True)
        below = np.interp(x, known, first * KNEE / LEVELS)
        over = np.maximum(0.0, x - self.values[-1]) / self.scale / _DECADE
        return np.asarray(-np.log10(1.0 - np.where(over > 0.0, KNEE, below)) + over)

    @property
    def usual(self) -> tuple[float, float]:
        """Return the 5th and the 95th percentile of the raw score."""
        low, high = np.interp([0.05, 0.95], np.linspace(0.0, KNEE, LEVELS + 1), self.values)
        return float(low), float(high)

    def as_json(self) -> dict[str, Any]:
        """Return what from_json reads."""
        return {"values": [float(v) for v in self.values], "scale": self.scale}

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Tail:
        """Return the tail that as_json wrote; raises ValueError when it is not one."""
        try:
            values, scale = np.asarray(facts["values"], np.float64), float(facts["scale"])
        except (KeyError, TypeError) as error:
            raise ValueError("The calibration is not one that Vedette wrote.") from error
        if values.shape != (LEVELS + 1,) or not np.isfinite(values).all() or (np.diff(values) < 0).any() or scale <= 0:
            raise ValueError(f"The calibration is not {LEVELS + 1} rising values and a positive scale.")
        return cls(values, scale)


def score_of(surprise: float) -> float:
    """Return the score, 0–1, of a surprise in decades: one normal frame in ten scores 0.5, one in a thousand 0.75."""
    return surprise / (1.0 + surprise)
