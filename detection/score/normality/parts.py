"""Turn one frame into its named deviations: how far each part lies from normal, before any scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.model import Neighbours, Normality, band_speeds
from detection.score.normality.observe import Observation, Seen

PARTS = ("scene_motion", "object_speed", "object_class", "object_shape", "object_look")
"""Fastest place of the picture; fastest object; rarest class, as far as the detector is sure of it; largest object for
its place; least familiar look."""
FLOORS: dict[str, float] = {
    "scene_motion": 0.25,
    "object_speed": 0.3,
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


class Measure:
    """Measure one camera's frames, in order of time, against one normality. Not thread-safe."""

    def __init__(self, normality: Normality) -> None:
        self._normality = normality
        self._neighbours = Neighbours(normality)
        self._tracks = TrackMeans()

    def update(self, frame: Observation) -> NDArray[np.float64]:
        """Return the raw value of each of PARTS, float64, NaN where the frame does not tell it.

        Of each part the frame takes its highest object; without objects, and on a frame without flow, there is none.
        """
        values = np.full(len(PARTS), np.nan)
        if frame.bands is not None:
            values[0] = band_speeds(frame.bands, frame.height, self._normality.speeds)
        objects = frame.objects
        if objects:
            n = self._normality
            moving = [s for s in objects if s.speed_px_s is not None]
            values[1] = self._highest(
                "speed", moving, frame.at_s, lambda s: (s.speed_px_s or 0.0) / n.heights.at(s.foot_y)
            )
            values[2] = self._highest("class", objects, frame.at_s, lambda s: s.confidence * n.surprise(s.label))
            shapes = dict(zip((s.track_id for s in objects), self._neighbours.shape_distance(objects), strict=True))
            values[3] = self._highest("shape", objects, frame.at_s, lambda s: float(shapes[s.track_id]))
            distances = self._neighbours.look_distance(objects)
            if distances is not None:
                looks = dict(zip((s.track_id for s in objects), distances, strict=True))
                values[4] = self._highest("look", objects, frame.at_s, lambda s: float(looks[s.track_id]))
        self._tracks.forget(frame.at_s)
        return values

    def _highest(self, name: str, objects: Sequence[Seen], at_s: float, value: Callable[[Seen], float]) -> float:
        means = [self._tracks.update(seen.track_id, name, value(seen), at_s) for seen in objects]
        return max(means, default=np.nan)


def measure_clip(normality: Normality, frames: Sequence[Observation]) -> NDArray[np.float64]:
    """Return the raw parts of a clip's frames, (frames, len(PARTS)), tracks starting anew."""
    measure = Measure(normality)
    return np.stack([measure.update(frame) for frame in frames]) if frames else np.zeros((0, len(PARTS)))
