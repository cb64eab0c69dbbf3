"""Compute the 24 features of a frame from its tracks.

Units: pixels of the analysed picture, seconds of stream time, shares 0–1. "People" are tracks labelled "person",
"objects" all others. Speeds, ratios and pair distances are those of people; a distance is between box centres, and
"norm" is a distance divided by the picture's diagonal. Where nobody and nothing is there, counts, speeds, ratios,
ages and confidences are 0, and distances are the diagonal (1.0 when normalised): as far apart as can be.

| feature | meaning |
|---|---|
| num_people, num_objects | tracks of each kind in this frame |
| avg_speed_px, max_speed_px | mean and largest speed of people, px/s |
| avg_accel_px | mean size of the change of a person's velocity since half a second ago, px/s² |
| fast_ratio | share of people faster than FAST_HEIGHTS_S of their own height a second |
| loiter_ratio | share of people who kept within LOITER_HEIGHTS of their height for LOITER_S |
| stationary_ratio | share of people slower than STILL_HEIGHTS_S of their height a second for STILL_S |
| min_person_obj_px, _norm | smallest distance between a person and an object |
| min_inter_person_px, _norm; avg_inter_person_px, _norm | smallest and mean distance between two people |
| mean_track_age, median_track_age, max_track_age | ages of all tracks, s |
| person_conf_mean, _max; object_conf_mean, _max | detection confidence, 0–1, smoothed along the track |
| grid_mean, grid_max, grid_std | people in each cell of a 4×4 grid over the picture, by the middle of the feet |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from math import dist, hypot
from statistics import fmean, median

import numpy as np

from detection.features.paths import Paths
from detection.types import Box, Track

FAST_HEIGHTS_S = 1.3
"""A walk is about 0.8 heights a second, a run over 1.5; towards the camera both look slower."""
GRID = 4
MAX_PEOPLE_IN_PAIRS = 40
"""Pairs are counted among the first so many people: their number grows with the square."""


@dataclass(frozen=True, slots=True)
class FrameFeatures:
    """The 24 features in their fixed order; every value is finite."""

    num_people: float
    num_objects: float
    avg_speed_px: float
    max_speed_px: float
    avg_accel_px: float
    fast_ratio: float
    loiter_ratio: float
    stationary_ratio: float
    min_person_obj_px: float
    min_inter_person_px: float
    avg_inter_person_px: float
    min_person_obj_norm: float
    min_inter_person_norm: float
    avg_inter_person_norm: float
    mean_track_age: float
    median_track_age: float
    max_track_age: float
    person_conf_mean: float
    person_conf_max: float
    object_conf_mean: float
    object_conf_max: float
    grid_mean: float
    grid_max: float
    grid_std: float

    def as_dict(self) -> dict[str, float]:
        """Return name → value, in order."""
        return {name: getattr(self, name) for name in FEATURES}


FEATURES: tuple[str, ...] = tuple(f.name for f in fields(FrameFeatures))


class FeatureExtractor:
    """Compute the features of one camera's frames; keeps a bounded path per track. Not thread-safe."""

    def __init__(self) -> None:
        self._paths = Paths()

    def extract(self, tracks: Sequence[Track], size: tuple[int, int], at_s: float) -> FrameFeatures:
        """Return the features of one frame.

        tracks: those seen in this frame; size: (height, width) of the picture in pixels; at_s: stream time in
        seconds, never falling.
        """
        self._paths.update(tracks, at_s)
        people = [t for t in tracks if t.label == "person"]
        objects = [t for t in tracks if t.label != "person"]
        diagonal = hypot(*size)
        speeds = [hypot(*t.velocity_px_s) for t in people]
        near = _nearest(people, objects, diagonal)
        pairs = [dist(_centre(a.box), _centre(b.box)) for a, b in combinations(people[:MAX_PEOPLE_IN_PAIRS], 2)]
        pair_min, pair_mean = (min(pairs), fmean(pairs)) if pairs else (diagonal, diagonal)
        ages = [t.age_s for t in tracks]
        grid = _grid(people, size)
        return FrameFeatures(
            num_people=float(len(people)),
            num_objects=float(len(objects)),
            avg_speed_px=_mean(speeds),
            max_speed_px=max(speeds, default=0.0),
            avg_accel_px=_mean([self._paths.acceleration(t.track_id) for t in people]),
            fast_ratio=_mean([s > FAST_HEIGHTS_S * extent(t.box) for s, t in zip(speeds, people, strict=True)]),
            loiter_ratio=_mean([self._paths.loiters(t) for t in people]),
            stationary_ratio=_mean([self._paths.stands_still(t) for t in people]),
            min_person_obj_px=near,
            min_inter_person_px=pair_min,
            avg_inter_person_px=pair_mean,
            min_person_obj_norm=near / diagonal,
            min_inter_person_norm=pair_min / diagonal,
            avg_inter_person_norm=pair_mean / diagonal,
            mean_track_age=_mean(ages),
            median_track_age=median(ages) if ages else 0.0,
            max_track_age=max(ages, default=0.0),
            person_conf_mean=_mean([t.confidence for t in people]),
            person_conf_max=max((t.confidence for t in people), default=0.0),
            object_conf_mean=_mean([t.confidence for t in objects]),
            object_conf_max=max((t.confidence for t in objects), default=0.0),
            grid_mean=float(grid.mean()),
            grid_max=float(grid.max()),
            grid_std=float(grid.std()),
        )


def extent(box: Box) -> float:
    """Return how tall somebody in this box is, in pixels: the longer side, so that lying down changes nothing."""
    return max(box[2] - box[0], box[3] - box[1], 1.0)


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _centre(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def _nearest(people: Sequence[Track], objects: Sequence[Track], diagonal: float) -> float:
    gaps = [dist(_centre(p.box), _centre(o.box)) for p in people for o in objects]
    return min(gaps, default=diagonal)


def _grid(people: Sequence[Track], size: tuple[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    counts = np.zeros((GRID, GRID))
    for track in people:
        left, _, right, bottom = track.box
        row = min(GRID - 1, max(0, int(bottom / size[0] * GRID)))
        column = min(GRID - 1, max(0, int((left + right) / 2 / size[1] * GRID)))
        counts[row, column] += 1
    return counts
