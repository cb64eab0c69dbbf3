"""Tell how each value went in the last seconds: causal, bounded, by the clock and not by the count of frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

WINDOWS_S = (1.0, 4.0)
MAX_POINTS = 256
"""Four seconds at 60 frames a second; of a faster source the oldest leave early."""
PER_VALUE = 1 + 3 * len(WINDOWS_S)


def history_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns that History.add returns: the values now, then per window mean, max, spread."""
    windows = [
        f"{name}_{how}_{seconds:g}s" for seconds in WINDOWS_S for how in ("mean", "max", "spread") for name in names
    ]
    return (*names, *windows)


class History:
    """Remember one camera's values for the longest window. Not thread-safe."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, Vector]] = deque(maxlen=MAX_POINTS)

    def add(self, values: Vector, at_s: float) -> Vector:
        """Take the values of a frame, (n,), float64, and return them with their history, (n × PER_VALUE,).

        at_s: stream time in seconds, never falling. Per window: mean, maximum and standard deviation.
        """
        self._points.append((at_s, values))
        while at_s - self._points[0][0] > WINDOWS_S[-1]:
            self._points.popleft()
        times = np.array([t for t, _ in self._points])
        rows = np.stack([row for _, row in self._points])
        columns = [values]
        for seconds in WINDOWS_S:
            recent = rows[times >= at_s - seconds - 1e-9]
            columns += [recent.mean(axis=0), recent.max(axis=0), recent.std(axis=0)]
        return np.concatenate(columns)
