"""A smooth line over the plaza, and where somebody is after so many metres of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Route:
    """A curve through waypoints (x, y) in metres (Catmull-Rom), measured along its length."""

    def __init__(self, waypoints: Sequence[tuple[float, float]], samples: int = 24) -> None:
        points = np.array([waypoints[0], *waypoints, waypoints[-1]], np.float64)
        t = np.linspace(0, 1, samples, endpoint=False)[:, None]
        pieces = []
        for p0, p1, p2, p3 in zip(points, points[1:], points[2:], points[3:], strict=False):
            bend, twist = 2 * p0 - 5 * p1 + 4 * p2 - p3, 3 * p1 - p0 - 3 * p2 + p3
            pieces.append(0.5 * (2 * p1 + (p2 - p0) * t + bend * t**2 + twist * t**3))
        self._points = np.vstack((*pieces, points[-1:]))
        steps = np.hypot(*np.diff(self._points, axis=0).T)
        self._metres = np.concatenate(([0.0], np.cumsum(steps)))

    @property
    def length_m(self) -> float:
        return float(self._metres[-1])

    def places(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 2) places after so many metres each, NaN before the beginning and after the end."""
        columns = [np.interp(metres, self._metres, self._points[:, axis], np.nan, np.nan) for axis in (0, 1)]
        return np.column_stack(columns)

    def at(self, metres: float) -> tuple[float, float, float]:
        """Return x, y and heading in radians after so many metres; beyond either end, the end."""
        x, y = (float(np.interp(metres, self._metres, self._points[:, axis])) for axis in (0, 1))
        ahead, behind = min(metres + 0.25, self.length_m), max(metres - 0.25, 0.0)
        dx, dy = (
            float(np.interp(ahead, self._metres, self._points[:, axis]))
            - float(np.interp(behind, self._metres, self._points[:, axis]))
            for axis in (0, 1)
        )
        return x, y, float(np.arctan2(dy, dx))
