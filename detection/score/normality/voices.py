"""Count how many parts speak of one object, within moments of each other, and score what they say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.lasting import Lasting
from detection.score.normality.observe import Observation, Seen
from detection.score.normality.scale import Judged, Smooth, corroborated, to_score
from detection.score.normality.travel import Travel

ECHO_S = 0.5
"""A part is still heard so long after it spoke: the flow of a step, the way and the name do not peak at once."""


class Voices:
    """Remember when each part last spoke of each track. Not thread-safe."""

    def __init__(self) -> None:
        self._spoke: dict[int, NDArray[np.float64]] = {}
        self._travel = Travel()
        self._lasting = Lasting()

    def agreement(self, judged: Judged, frame: Observation) -> int:
        """Return how many parts agree in a frame: on one object, or on a place that moves where no object is known.

        A fast place is one voice, and that it travels or stays fast is another: so what the detector has no name for
        is found, and what is only half in the picture, before any object is known.
        """
        travels = self._travel.update(judged.place if judged.moves else None, frame.at_s)
        lasts = self._lasting.update(judged.place, judged.motion, frame.at_s)
        place = int(judged.moves or lasts) + int(travels or lasts)
        return max(self._heard(frame.objects, judged.over, frame.at_s), place)

    def _heard(self, objects: Sequence[Seen], over: NDArray[np.bool_], at_s: float) -> int:
        """Return the most parts heard of one object of which one speaks; over: (objects, parts), which do now."""
        most = 0
        for seen, speaks in zip(objects, over, strict=True):
            spoke = self._spoke.setdefault(seen.track_id, np.full(over.shape[1], -np.inf))
            spoke[speaks] = at_s
            if speaks.any():
                most = max(most, int((at_s - spoke <= ECHO_S).sum()))
        self._spoke = {key: spoke for key, spoke in self._spoke.items() if at_s - spoke.max() <= ECHO_S}
        return most


class Scoring:
    """Turn one camera's judged frames into scores, in order of time: smoothed, and more while parts agree."""

    def __init__(self) -> None:
        self._smooth = Smooth()
        self._voices = Voices()

    def update(self, judged: Judged, frame: Observation) -> tuple[float, int]:
        """Return a frame's score, 0–1, and how many parts agree in it."""
        agreement = self._voices.agreement(judged, frame)
        return to_score(corroborated(self._smooth.update(judged.deviation, frame.at_s), agreement)), agreement
