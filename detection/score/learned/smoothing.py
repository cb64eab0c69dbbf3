"""Smooth a value over time, looking back only."""

from __future__ import annotations

from collections import deque
from math import exp


class Smooth:
    """An exponential average with a time constant in seconds, so that it is the same at any frame rate.

    0.45 s at ten frames a second takes a fifth of each new value.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: tuple[float, float] | None = None

    def add(self, value: float, at_s: float) -> float:
        """Return the average after a value at stream time at_s (seconds, never falling); the first counts wholly."""
        if self._last is not None and self._seconds > 0.0:
            before, last_at_s = self._last
            value = before + (1.0 - exp(-max(0.0, at_s - last_at_s) / self._seconds)) * (value - before)
        self._last = (value, at_s)
        return value


MAX_VALUES = 512


class MovingMean:
    """The mean of the last seconds: for short spans, as no first value weighs more than another."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: deque[tuple[float, float]] = deque(maxlen=MAX_VALUES)

    def add(self, value: float, at_s: float) -> float:
        """Return the mean after a value at stream time at_s (seconds, never falling)."""
        self._values.append((value, at_s))
        while at_s - self._values[0][1] > self._seconds:
            self._values.popleft()
        return sum(v for v, _ in self._values) / len(self._values)
