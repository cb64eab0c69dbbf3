"""Learn what contrast is usual for one hazard at one camera, and say how far a look lies above it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

HALF_LIFE_S = 3600.0
"""A look counts half after an hour of stream time: light changes over a day."""
WARM_UP = 60
"""Looks before anything is said: a minute at one a second."""
FLOOR = 0.005
"""Least spread of a contrast: a still picture would make any change a wonder."""
STRONG = 4.0
"""From so many spreads on a look is not learned when it lies above, and counts as just so many when below."""
LASTING_S = 600.0
"""What is strong for so long is no news: it was told, and is then learned as the new normal."""
GAP_S = 60.0
"""Without a look for longer, what was strong before and what is strong now may be two things."""
NORMAL_SPREAD = 1.2533
"""Standard deviation of a normal distribution in mean absolute deviations: the square root of π/2."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one look compares: deviation in spreads, 0 while warming up; lasting: strong for LASTING_S already."""

    deviation: float
    usual_low: float
    usual_high: float
    warming_up: bool
    lasting: bool = False


class Normal:
    """Running mean and spread of one hazard's contrast, forgetting exponentially. Not thread-safe; of constant size.

    The spread is the mean absolute deviation, scaled, of looks that are not strong, so that one flame does not widen
    it. The same looks give the same readings.
    """

    def __init__(self) -> None:
        self._forget()
        self._strong_since_s = self._strong_at_s = 0.0
        self._strong = False

    @property
    def warming_up(self) -> bool:
        """Tell whether too few looks were learned to say anything."""
        return self.looks < WARM_UP

    @property
    def spread(self) -> float:
        """Return the spread, at least FLOOR."""
        return max(FLOOR, self._absolute * NORMAL_SPREAD)

    def judge(self, contrast: float, at_s: float, *, learn: bool = True) -> Reading:
        """Return how a look compares with those before it, then learn it.

        contrast: as Directions.contrasts gives it; one that is not finite deviates by 0 and is not learned; at_s:
        stream time in seconds; learn: False while an event is open, so that it does not become usual by lasting.
        """
        low, high = self._mean - 2.0 * self.spread, self._mean + 2.0 * self.spread
        if not isfinite(contrast):
            return Reading(0.0, low, high, self.warming_up)
        if self.warming_up:
            if learn:
                self._learn(contrast, at_s)
            return Reading(0.0, low, high, True)
        deviation = (contrast - self._mean) / self.spread
        lasting = self._lasts(abs(deviation) >= STRONG, at_s)
        if learn and lasting:
            self._forget()
            self._learn(contrast, at_s)
        elif learn and deviation < STRONG:
            self._learn(max(contrast, self._mean - STRONG * self.spread), at_s)
        return Reading(deviation, low, high, False, lasting)

    def _forget(self) -> None:
        self.looks = 0
        self._mean = self._absolute = self._weight = self._at_s = 0.0

    def _lasts(self, strong: bool, at_s: float) -> bool:
        """Tell whether looks were strong for LASTING_S, none of them missing for long."""
        if strong and not (self._strong and 0.0 <= at_s - self._strong_at_s <= GAP_S):
            self._strong_since_s = at_s
        self._strong, self._strong_at_s = strong, at_s
        return strong and at_s - self._strong_since_s >= LASTING_S

    def _learn(self, contrast: float, at_s: float) -> None:
        """Take a look in; before it, time has let the earlier ones fade, never below what a warm-up is worth."""
        faded = self._weight * 0.5 ** (max(0.0, at_s - self._at_s) / HALF_LIFE_S)
        self._weight = max(faded, float(min(self.looks, WARM_UP))) + 1.0
        share = 1.0 / self._weight
        away = contrast - self._mean
        self._mean += share * away
        if self.looks:
            self._absolute += share * (abs(away) - self._absolute)
        self.looks += 1
        self._at_s = at_s
