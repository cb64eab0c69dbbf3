"""Turn one frame into its named deviations: how far each part lies from normal, before any scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.model import Neighbours, Normality, fastest_band
from detection.score.normality.observe import Observation
from detection.score.normality.travel import Place

Floats = NDArray[np.float64]

PARTS = ("scene_motion", "object_speed", "object_class", "object_shape", "object_look")
"""Fastest place of the picture; fastest object; rarest class, as far as the detector is sure of it; largest object for
its place; least familiar look."""
SCENE, SPEED, CLASS, SHAPE, LOOK = range(len(PARTS))
FLOORS: dict[str, float] = {
    "scene_motion": 0.25,
    "object_speed": 0.15,
    "object_class": 2.0,
    "object_shape": 0.2,
    "object_look": 0.05,
}
"""The least spread a part is credited with, in its own unit: what never varied shall not make a trifle an alarm."""
TRACK_S = 0.5
"""Time constant of the mean along a track: one bad box or one misnamed frame is no reason."""
FORGET_S = 2.0


@dataclass(slots=True)
class _Mean:
    value: float
    weight: float
    at_s: float


class TrackMeans:
    """Keep the recent mean of each value along each track, with no look ahead."""

    def __init__(self) -> None:
        self._means: dict[tuple[int, str], _Mean] = {}

    def update(self, track_id: int, name: str, value: float, at_s: float) -> float:
        """Return the mean with this value in it: exponential over TRACK_S, unbiased from a track's first frame on."""
        mean = self._means.get((track_id, name))
        if mean is None:
            self._means[track_id, name] = _Mean(value, 1.0, at_s)
            return value
        kept = exp(-max(0.0, at_s - mean.at_s) / TRACK_S) * mean.weight
        mean.weight, mean.at_s = kept + 1.0, at_s
        mean.value += (value - mean.value) / mean.weight
        return mean.value

    def forget(self, at_s: float) -> None:
        """Drop the tracks not seen for FORGET_S."""
        self._means = {key: mean for key, mean in self._means.items() if at_s - mean.at_s <= FORGET_S}


@dataclass(frozen=True, slots=True)
class Measured:
    """The raw parts of one frame, NaN where it does not tell them.

    frame: (parts,), of each the highest; objects: (objects, parts), each object's own, with the motion at its place;
    place: the fastest place, None where it is not known.
    """

    frame: Floats
    objects: Floats
    place: Place | None = None


class Measure:
    """Measure one camera's frames, in order of time, against one normality. Not thread-safe."""

    def __init__(self, normality: Normality) -> None:
        self._normality = normality
        self._neighbours = Neighbours(normality)
        self._tracks = TrackMeans()

    def update(self, frame: Observation) -> Floats:
        """Return the raw value of each of PARTS, (parts,), float64, NaN where the frame does not tell it.

        Of each part the frame takes its highest object; without objects, and on a frame without flow, there is none.
        """
        return self.look(frame).frame

    def look(self, frame: Observation) -> Measured:
        """Return the same for each object too.

        Of an object that the picture's edge cuts off there is neither size nor look, and of a sliver of one its motion
        alone: detectors name a sliver anything, and its speed is that of the place that covers it, told once.
        """
        rows = np.full((len(frame.objects), len(PARTS)), np.nan)
        if frame.objects:
            now = self._now(frame)
            for index, seen in enumerate(frame.objects):
                for part in (SPEED, CLASS, SHAPE, LOOK):
                    if not np.isnan(now[index, part]):
                        rows[index, part] = self._tracks.update(
                            seen.track_id, PARTS[part], now[index, part], frame.at_s
                        )
            rows[:, SCENE] = now[:, SCENE]
        self._tracks.forget(frame.at_s)
        highest, place = np.full(len(PARTS), np.nan), None
        if frame.bands is not None:
            highest[SCENE], band, row = fastest_band(frame.bands, frame.height, self._normality.speeds)
            if frame.columns is not None:
                place = Place(float(frame.columns[band]), row, self._normality.heights.at(row))
        for part in (SPEED, CLASS, SHAPE, LOOK):
            known = rows[~np.isnan(rows[:, part]), part]
            highest[part] = known.max() if known.size else np.nan
        return Measured(highest, rows, place)

    def _now(self, frame: Observation) -> Floats:
        """Return what each object shows in this frame alone, (objects, parts)."""
        n, objects = self._normality, frame.objects
        now = np.full((len(objects), len(PARTS)), np.nan)
        for row, seen in enumerate(objects):
            if seen.place_px_s is not None:
                now[row, SCENE] = seen.place_px_s / n.speeds.at((seen.box[1] + seen.box[3]) / 2)
            if seen.speed_px_s is not None:
                now[row, SPEED] = seen.speed_px_s / n.heights.at(seen.foot_y)
            now[row, CLASS] = seen.confidence * n.surprise(seen.label)
        slivers = np.array([frame.shows_sliver(seen.box) for seen in objects])
        now[slivers, SPEED] = now[slivers, CLASS] = np.nan
        whole = np.array([not frame.cuts(seen.box) for seen in objects])
        now[whole, SHAPE] = self._neighbours.shape_distance(objects)[whole]
        distances = self._neighbours.look_distance(objects)
        if distances is not None:
            now[whole, LOOK] = distances[whole]
        return now


def measure_clip(normality: Normality, frames: Sequence[Observation]) -> list[Measured]:
    """Return the raw parts of a clip's frames, tracks starting anew."""
    measure = Measure(normality)
    return [measure.look(frame) for frame in frames]
