"""Tell whether the fastest place of the picture travels, as a body does, or flickers, as noise does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WINDOW_S = 0.5
SIGHTINGS = 3
FAR_HEIGHTS = 0.2
NEAR_HEIGHTS = 0.5
"""It travels when, within WINDOW_S, it was fast at least SIGHTINGS times on one steady way of FAR_HEIGHTS or more that
no sighting leaves by NEAR_HEIGHTS; heights of what stands there. On Ped2's training clips held out no frame shows that,
and pasted passers-by at twice their pace do within a second, without any detector."""


@dataclass(frozen=True, slots=True)
class Place:
    """The fastest place of a frame, px, and how tall what stands there is, px."""

    x: float
    y: float
    height: float


class Travel:
    """Follow the fastest place of one camera's picture. Not thread-safe."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, Place]] = []

    def update(self, place: Place | None, at_s: float) -> bool:
        """Tell whether the place travels; None on a frame on which no place is over what is often seen."""
        self._seen = [(at, p) for at, p in self._seen if at_s - at <= WINDOW_S + 1e-6]
        if place is None:
            return False
        self._seen.append((at_s, place))
        same = [(at, p) for at, p in self._seen if abs(p.y - place.y) < place.height]
        times = np.array([at for at, _ in same])
        if len(same) < SIGHTINGS or np.ptp(times) <= 0.0:
            return False
        x = np.array([p.x for _, p in same])
        slope, offset = np.polyfit(times - times[0], x, 1)
        strays = float(np.abs(x - slope * (times - times[0]) - offset).max())
        way = abs(float(slope)) * float(np.ptp(times))
        return way >= FAR_HEIGHTS * place.height and strays < NEAR_HEIGHTS * place.height
