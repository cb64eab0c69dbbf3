"""Judge the 24 features by what is usual at this hour of the week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from detection.score.baseline import CAPACITY, SAMPLE_EVERY_S, Baseline
from detection.score.parts import FAMILIES, PARTS
from detection.score.robust import squash

Floats = NDArray[np.float64]

HOURS = 168
PER_HOUR = 72
SAMPLE_S = 50.0
"""One sample so often: the samples of an hour of the week span the whole of it."""
ENOUGH = 40
MOST = 4.0
"""The largest deviation that a sense of features is credited with."""
FAMILY_NAMES = tuple(FAMILIES)
_FAMILY_OF = np.array([FAMILY_NAMES.index(p.family) for p in PARTS])
_SMOOTH_S = np.array([FAMILIES[name].smooth_s for name in FAMILY_NAMES])


def usual_of(samples: Floats) -> Baseline:
    """Return the measured baseline of samples, (n, 24), of which at most CAPACITY, evenly spread, are taken."""
    baseline = Baseline(len(PARTS))
    chosen = samples if len(samples) <= CAPACITY else samples[np.linspace(0, len(samples) - 1, CAPACITY).astype(int)]
    for index, values in enumerate(chosen):
        baseline.learn(values, index * SAMPLE_EVERY_S)
    baseline.measure(0.0)
    return baseline


def from_score(value: float) -> float:
    """Return the deviation of which a score, 0–1, is made: 1 at 0.75, MOST at most (the inverse of to_score)."""
    return min(MOST, value / max(1e-9, 3.0 * (1.0 - value)))


class FamilyMeans:
    """Take the strongest part of each family, smoothed over the family's own time."""

    def __init__(self) -> None:
        self._means = Means(_SMOOTH_S)

    def update(self, spreads: Floats, at_s: float) -> Floats:
        """Return the families' deviations, (families,), with this frame's parts, (24,), in spreads, in their means.

        1 at the number of spreads from which RobustScore reaches 0.75.
        """
        strongest = np.zeros(len(FAMILY_NAMES))
        np.maximum.at(strongest, _FAMILY_OF, spreads)
        return np.array([from_score(squash(float(z))) for z in self._means.update(strongest, at_s)])


class Means:
    """Keep exponential means of several values, each over its own time constant, from 0 on."""

    def __init__(self, smooth_s: Floats) -> None:
        self._smooth_s = smooth_s
        self._values = np.zeros(len(smooth_s))
        self._at_s: float | None = None

    def update(self, values: Floats, at_s: float) -> Floats:
        """Return the means with these values in them; at_s never falls."""
        passed_s = 0.0 if self._at_s is None else max(0.0, at_s - self._at_s)
        self._at_s = at_s
        self._values = self._values + (1.0 - np.exp(-passed_s / self._smooth_s)) * (values - self._values)
        return self._values


def strongest_part(family: str, deviations: Floats) -> int:
    """Return the index of a family's strongest part."""
    members = np.flatnonzero(FAMILY_NAMES.index(family) == _FAMILY_OF)
    return int(members[np.argmax(deviations[members])])


class Hours:
    """Keep samples of the features for each hour of the week, 168 × PER_HOUR × 24 float32 at most. Not thread-safe.

    zone: whose hours of the week are meant: those of the clocks at the place, summer and winter. Samples keep their
    Unix times. The hour that is repeated when the clocks go back is one hour of more samples, that which is left out
    when they go forward has those of other weeks. An hour of too few samples borrows those of the hours beside it, and
    with still too few, those of all the footage.
    """

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._samples: dict[int, list[tuple[float, NDArray[np.float32]]]] = {}
        self._sampled_at = float("-inf")
        self._everything = np.zeros((0, len(PARTS)))
        self._hour = -1
        self._usual = usual_of(self._everything)
        self._stale = True

    def hour_of(self, at: float) -> int:
        """Return the hour of the week of a Unix time, 0–167 from Monday midnight."""
        local = datetime.fromtimestamp(at, self._zone)
        return local.weekday() * 24 + local.hour

    def set_zone(self, zone: tzinfo) -> None:
        """Mean another zone's hours from now on; every sample goes to its hour there."""
        self._zone = zone
        self.restore(*self.state())

    def set_everything(self, samples: Floats) -> None:
        """Take the samples of all the footage, (n, 24): what the fallback is measured on."""
        self._everything = samples
        self._stale = True

    def learn(self, values: Floats, at: float) -> None:
        """Take one sample, at most every SAMPLE_S; the oldest of the hour leaves."""
        if 0.0 <= at - self._sampled_at < SAMPLE_S:
            return
        self._sampled_at = at
        hour = self._samples.setdefault(self.hour_of(at), [])
        hour.append((at, values.astype(np.float32)))
        if len(hour) > PER_HOUR:
            hour.pop(0)
        self._stale = True

    def forget(self, spans: Iterable[tuple[float, float]]) -> None:
        """Unlearn the samples within the spans, Unix seconds."""
        bounds = list(spans)
        for hour, kept in self._samples.items():
            self._samples[hour] = [(at, v) for at, v in kept if not any(a <= at <= b for a, b in bounds)]
        self._stale = True

    def usual(self, at: float) -> Baseline:
        """Return what is usual at a Unix time."""
        hour = self.hour_of(at)
        if self._stale or hour != self._hour:
            self._hour, self._stale = hour, False
            self._usual = usual_of(self._around(hour))
        return self._usual

    def _around(self, hour: int) -> Floats:
        for reach in (0, 1):
            near = [v for h in range(hour - reach, hour + reach + 1) for _, v in self._samples.get(h % HOURS, ())]
            if len(near) >= ENOUGH:
                return np.array(near, np.float64)
        return self._everything

    def copy(self) -> Hours:
        """Return the same for another thread: samples are never changed, only added and let go."""
        other = Hours(self._zone)
        other._samples = {hour: list(kept) for hour, kept in self._samples.items()}
        other._everything = self._everything
        return other

    def state(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return the samples' times, (n,), and values, (n, 24)."""
        rows = sorted((row for hour in self._samples.values() for row in hour), key=lambda row: row[0])
        return (
            np.array([at for at, _ in rows], np.float64),
            np.array([v for _, v in rows], np.float32).reshape(-1, len(PARTS)),
        )

    def restore(self, at: NDArray[np.float64], values: NDArray[np.float32]) -> None:
        """Take what `state` gave, whatever zone's hours were meant then; the oldest over PER_HOUR of an hour leave."""
        self._samples = {}
        for moment, row in zip(at.tolist(), values, strict=True):
            self._samples.setdefault(self.hour_of(moment), []).append((moment, row))
        for kept in self._samples.values():
            del kept[:-PER_HOUR]
        self._sampled_at = float(at[-1]) if len(at) else float("-inf")
        self._stale = True
