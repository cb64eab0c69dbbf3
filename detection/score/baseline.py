"""Remember a camera's recent past, and tell the usual range of each feature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

SAMPLE_EVERY_S = 0.4
CAPACITY = 1500
"""Ten minutes of samples; the oldest leave first."""
REFRESH_S = 2.0
MIN_SAMPLES = 20
MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation the standard deviation of a normal distribution."""
P95_SIGMAS = 1.645
SMALL_SAMPLE = 15.0


class Baseline:
    """Keep bounded samples of `width` features; NaN marks a feature that was not defined. Not thread-safe."""

    def __init__(self, width: int) -> None:
        self._samples = np.full((CAPACITY, width), np.nan)
        self._next = 0
        self._sampled_at = float("-inf")
        self._measured_at = float("-inf")
        self.count = np.zeros(width)
        self.centre = np.zeros(width)
        self.low = np.zeros(width)
        self.high = np.zeros(width)
        self.spread_up = np.zeros(width)
        self.spread_down = np.zeros(width)

    def learn(self, values: Vector, at_s: float, slower: float = 1.0) -> None:
        """Take one sample, (width,), float64, at most every SAMPLE_EVERY_S × slower of stream time."""
        if at_s - self._sampled_at < SAMPLE_EVERY_S * slower - 1e-6:
            return
        self._sampled_at = at_s
        self._samples[self._next % CAPACITY] = values
        self._next += 1

    def measure(self, at_s: float) -> None:
        """Bring count, centre (median), low and high (5th, 95th percentile) and spreads up to date, all (width,).

        A spread is the larger of the scaled median absolute deviation and the distance from the median to the
        percentile on that side, as a standard deviation; the second keeps a feature that is mostly 0 from having no
        spread at all. Measured anew every REFRESH_S: sorting on every frame would cost more than detecting.
        """
        if at_s - self._measured_at < REFRESH_S:
            return
        self._measured_at = at_s
        used = self._samples[: min(self._next, CAPACITY)]
        self.count = np.sum(~np.isnan(used), axis=0).astype(np.float64)
        known = self.count > 0
        if not known.any():
            return
        data = used[:, known]
        low, centre, high = np.nanpercentile(data, [5, 50, 95], axis=0)
        mad = MAD_TO_SIGMA * np.nanmedian(np.abs(data - centre), axis=0)
        self.centre[known], self.low[known], self.high[known] = centre, low, high
        self.spread_up[known] = np.maximum(mad, (high - centre) / P95_SIGMAS)
        self.spread_down[known] = np.maximum(mad, (centre - low) / P95_SIGMAS)

    def doubt(self) -> Vector:
        """Return the factor by which a spread is widened, (width,): 1 for many samples, infinite under MIN_SAMPLES."""
        return np.where(self.count >= MIN_SAMPLES, 1.0 + SMALL_SAMPLE / np.maximum(self.count, 1.0), np.inf)
