"""Tell whether the fastest place of the picture stays fast, as a body that glides does, and a swinging leg does not."""

from __future__ import annotations

from detection.score.normality.travel import Place

BOUND_S = 0.28
WINDOW_S = 1.0
SIGHTINGS = 4
NEAR_HEIGHTS = 0.7
"""It stays fast when one place, over SIGHTINGS frames or more and at most WINDOW_S, lay so far over normal for so long
that deviation × seconds reach BOUND_S: 0.4 s at 0.7 of the way to the top of normal footage, a whole second at 0.28.
One place is what moves no further than NEAR_HEIGHTS meanwhile, in heights of what stands there. The least deviation
counts, not the mean, so that the peak of a step weighs nothing. On Ped2's training clips held out the highest is 0.252
at ten frames a second, 0.253 at five; the bound is a tenth over them."""


class Lasting:
    """Follow how long the fastest place of one camera's picture has been fast. Not thread-safe."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, float, Place]] = []
        self._last_at: float | None = None

    def update(self, place: Place | None, deviation: float, at_s: float) -> bool:
        """Tell whether the place stays fast.

        deviation: how far its motion lies over normal, 1 at the top, 0 for what is normal; place: None on a frame on
        which no motion was measured. The motion of a frame tells of the time since the frame before.
        """
        since, self._last_at = self._last_at, at_s
        if place is None or since is None or deviation <= 0.0:
            self._seen = []
            return False
        self._seen = [each for each in self._seen if at_s - each[0] <= WINDOW_S + 1e-6]
        self._seen.append((since, deviation, place))
        least = deviation
        for frames, (began, each, where) in enumerate(reversed(self._seen), 1):
            if max(abs(where.x - place.x), abs(where.y - place.y)) > NEAR_HEIGHTS * place.height:
                return False
            least = min(least, each)
            if frames >= SIGHTINGS and least * (at_s - began) >= BOUND_S:
                return True
        return False
