"""Count the events that a camera's scores would have opened, for any settings, over days at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from detection.calibrate.series import ScoreSeries
from detection.events.machine import CORROBORATED, EventSettings


@dataclass(frozen=True, slots=True)
class Opened:
    """One event: its first frame over the threshold and its last held frame, Unix seconds."""

    started_at: float
    ended_at: float


def alerts(series: ScoreSeries, settings: EventSettings) -> list[Opened]:
    """Return the events that the event machine would have opened on these frames.

    The same as detection.events.machine.advance frame by frame, without a step for each quiet frame: days of footage
    take a second. An event that is still open at the end counts.
    """
    if not len(series):
        return []
    scores = smoothed(series, settings.smoothing_s)
    hot = _runs(scores >= settings.threshold)
    quiet_starts, quiet_ends = _runs(scores < settings.low)
    long_enough = quiet_ends - quiet_starts >= settings.end_patience_frames
    endings = quiet_starts[long_enough]
    found: list[Opened] = []
    position, count = 0, len(series)
    for start, end in zip(*(edges.tolist() for edges in hot), strict=True):
        first = max(start, position)
        if first >= end:
            continue
        opened = _opening(series.agreement[first : min(end, first + settings.alone)], settings)
        if opened is None:
            continue
        # The first long quiet stretch after the event opened ends it.
        after = int(np.searchsorted(endings, first + opened, "right"))
        if after == len(endings):
            held = int(np.flatnonzero(scores[first:] >= settings.low)[-1]) + first
            found.append(Opened(float(series.at[first]), float(series.at[held])))
            break
        ending = int(endings[after])
        held_at = float(series.at[ending - 1])
        found.append(Opened(float(series.at[first]), held_at))
        closed = ending + settings.end_patience_frames
        waited = int(np.searchsorted(series.at, held_at + settings.cooldown_seconds, "left"))
        position = min(count, max(closed, waited))
    return found


def smoothed(series: ScoreSeries, smoothing_s: float) -> NDArray[np.float64]:
    """Return the scores as the event machine sees them, (n,): the causal mean over smoothing_s, or as they are."""
    if smoothing_s <= 0.0:
        return series.score
    steps = np.diff(series.at, prepend=series.at[:1]).tolist()
    mean = float(series.score[0])
    means = []
    # One by one, with the machine's own formula: a vectorised exponential may differ in the last bit.
    for score, passed_s in zip(series.score.tolist(), steps, strict=True):
        mean = mean + (1.0 - exp(-passed_s / smoothing_s)) * (score - mean)
        means.append(mean)
    return np.array(means)


def _opening(agreement: NDArray[np.uint8], settings: EventSettings) -> int | None:
    """Return the frame, counted from the first over the threshold, that opens an event; None when none does."""
    agreed = 0
    for index, parts in enumerate(agreement.tolist()):
        agreed += parts >= CORROBORATED
        if agreed >= settings.min_frames or index + 1 >= settings.alone:
            return index
    return None


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first index of each run of True, and the one after its last."""
    edges = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
