"""Say which detection is which track, in three stages, each for what the one before could not place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from detection.track.kalman import GATE, Array

MAX_COSINE_DISTANCE = 0.35
MAX_IOU_DISTANCE = 0.7
BUFFER = 1.0
"""Each box grows by so many of its widths and heights on every side, so that two meet up to three apart."""
LEAP_COSINE_DISTANCE = 0.2
LEAP_MAX_GROWTH = 1.6
"""Who leaps looks the same and has about the same size, or it is somebody else."""
LEAP_MAX_CUT = 3.0
"""One side may differ by so much: of who enters the picture, or comes out from behind something, a part shows first."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Tracks (n, oldest first) as predicted for this frame, beside its detections (m).

    looks: cosine distance, 0–1, (n, m); gate: squared Mahalanobis distance (n, m); predicted, found: boxes (n, 4) and
    (m, 4) in pixels; unseen: frames since each track was seen, 1 or more, (n,); fresh: seen once only, so that nothing
    is known of the pace, (n,).
    """

    looks: Array
    gate: Array
    predicted: Array
    found: Array
    unseen: NDArray[np.int64]
    fresh: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of (track, detection) indices; leaps are those of which the filter expected nothing."""

    expected: list[tuple[int, int]]
    leaps: list[tuple[int, int]]


def associate(candidates: Candidates) -> Matches:
    """Match every track and every detection at most once.

    1. The cascade of DeepSORT (Wojke, Bewley and Paulus, ICIP 2017): by appearance within the filter's gate, the tracks
    seen latest first. 2. By overlap with where the track is expected, as in SORT. 3. By the overlap of buffered boxes,
    after C-BIoU (Yang et al., WACV 2023): at 5 frames a second a runner, a bicycle or a car near the camera moves by
    more than its own width before anything is known of its pace, or when that changes at once. There only a track of
    the last frame counts, look and size must agree, and a track whose pace was known must be the only one in reach
    that looks so: in a crowd somebody hidden is not taken for a neighbour.
    """
    tracks, detections = candidates.looks.shape
    free_tracks, free_detections = np.ones(tracks, np.bool_), np.ones(detections, np.bool_)

    def assign(cost: Array, allowed: NDArray[np.bool_], limit: float) -> list[tuple[int, int]]:
        rows, columns = np.flatnonzero(free_tracks & allowed), np.flatnonzero(free_detections)
        if not rows.size or not columns.size:
            return []
        block = cost[rows[:, None], columns]
        chosen = zip(*linear_sum_assignment(np.where(block > limit, limit + 1e-5, block)), strict=True)
        pairs = [(int(rows[r]), int(columns[c])) for r, c in chosen if block[r, c] <= limit]
        for track, detection in pairs:
            free_tracks[track] = free_detections[detection] = False
        return pairs

    near = np.where(candidates.gate <= GATE, candidates.looks, np.inf)
    expected: list[tuple[int, int]] = []
    for age in sorted(set(candidates.unseen.tolist())):
        expected += assign(near, candidates.unseen == age, MAX_COSINE_DISTANCE)
    latest = candidates.unseen == 1
    if not (free_tracks & latest).any() or not free_detections.any():
        return Matches(expected, [])
    expected += assign(1.0 - _overlap(candidates.predicted, candidates.found), latest, MAX_IOU_DISTANCE)
    if not (free_tracks & latest).any() or not free_detections.any():
        return Matches(expected, [])
    return Matches(expected, assign(_leap_cost(candidates), latest, 2.0))


def _leap_cost(candidates: Candidates) -> Array:
    """Return what each leap costs, infinite where it is none: (tracks, detections)."""
    before = candidates.predicted[:, 2:] - candidates.predicted[:, :2]
    after = candidates.found[:, 2:] - candidates.found[:, :2]
    growth = np.maximum(after[None] / before[:, None], before[:, None] / after[None])
    alike = (growth.min(axis=2) <= LEAP_MAX_GROWTH) & (growth.max(axis=2) <= LEAP_MAX_CUT)
    overlap = _overlap(_buffered(candidates.predicted), _buffered(candidates.found))
    rivals = (overlap > 0.0) & (candidates.looks <= MAX_COSINE_DISTANCE)
    alone = (rivals.sum(axis=1) == 1)[:, None] & (rivals.sum(axis=0) == 1)[None]
    possible = (overlap > 0.0) & (candidates.looks <= LEAP_COSINE_DISTANCE) & alike
    return np.where(possible & (alone | candidates.fresh[:, None]), 1.0 - overlap + candidates.looks, np.inf)


def _overlap(a: Array, b: Array) -> Array:
    """Return the intersection over union of boxes (n, 4) and (m, 4): (n, m), 0–1."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0.0), axis=2)
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
    return np.asarray(shared / (area_a[:, None] + area_b[None] - shared))


def _buffered(boxes: Array) -> Array:
    margin = BUFFER * (boxes[:, 2:] - boxes[:, :2])
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)
