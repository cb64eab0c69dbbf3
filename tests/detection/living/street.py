"""A made-up street as readings: people cross it at a walk, lane by lane, at 5 frames a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from detection.events import EventSettings
from detection.events.machine import EventState, advance
from detection.features import FeatureExtractor
from detection.score.base import Reading
from detection.score.living import Decided, LivingBaseline
from detection.score.normality.flow import BANDS
from detection.score.normality.observe import surest
from detection.types import Track

SIZE = (480, 640)
FPS = 5.0
MONDAY = 1_700_438_400.0
"""Monday, 20 November 2023, midnight UTC."""
CROSSING_S = 10.0
PACE = 0.8

Extra = Callable[[float], list[Track]]


def tall(foot_y: float) -> float:
    return 0.25 * foot_y


def nothing(_: float) -> list[Track]:
    return []


def van(since_s: float, track_id: int = 900_000) -> Extra:
    """Return a van that crosses within six seconds."""

    def at(at_s: float) -> list[Track]:
        way = (at_s - since_s) / 6.0
        if not 0.0 <= way < 1.0:
            return []
        left = -100 + 700 * way
        return [Track(track_id, (left, 180.0, left + 200, 300.0), "truck", 0.8, 9, at_s - since_s, (117.0, 0.0))]

    return at


def runner(since_s: float, track_id: int = 800_000) -> Extra:
    """Return somebody who crosses at 3.2 heights a second."""

    def at(at_s: float) -> list[Track]:
        left = (at_s - since_s) * 240.0
        if not 0.0 <= left < 600.0:
            return []
        return [Track(track_id, (left, 225.0, left + 30, 300.0), "person", 0.8, 9, at_s - since_s, (240.0, 0.0))]

    return at


@dataclass
class Street:
    """Readings from start_s of stream time on; extra adds tracks to the walkers; everything follows from the seed."""

    start_s: float = 0.0
    seed: int = 1
    people: int = 3
    extra: Extra = nothing
    moved: bool = True
    pace: float = PACE
    captured_from: float = MONDAY
    extractor: FeatureExtractor = field(default_factory=FeatureExtractor)

    def walkers(self, at_s: float) -> list[Track]:
        found = []
        for lane in range(self.people):
            shifted = at_s + lane * CROSSING_S / 3
            number, way = divmod(shifted, CROSSING_S)
            rng = np.random.default_rng((self.seed, lane, int(number)))
            foot = 230.0 + 60.0 * lane + rng.uniform(-15, 15)
            height = tall(foot) * rng.normal(1.0, 0.04)
            speed = self.pace * height * rng.normal(1.0, 0.08)
            left = 20.0 + speed * way
            box = (left, foot - height, left + 0.4 * height, foot)
            track_id = int(number) * 10 + lane
            found.append(Track(track_id, box, "person", 0.7 + 0.05 * lane, 9, way, (speed, 0.0)))
        return found

    def readings(self, seconds: float) -> Iterator[Reading]:
        for step in range(round(seconds * FPS)):
            at_s = self.start_s + step / FPS
            tracks = tuple([*self.walkers(at_s), *self.extra(at_s)])
            chosen = surest(tracks)
            speeds = np.array([abs(t.velocity_px_s[0]) if self.moved else 0.0 for t in chosen])
            bands = np.zeros(BANDS, np.float32)
            for track, speed in zip(chosen, speeds, strict=True):
                rows = slice(int(track.box[1] / SIZE[0] * BANDS), int(track.box[3] / SIZE[0] * BANDS) + 1)
                bands[rows] = np.maximum(bands[rows], speed)
            seen = {"speeds": speeds, "places": speeds, "bands": bands}
            features = self.extractor.extract(tracks, SIZE, at_s)
            yield Reading(tracks, features, SIZE, at_s, self.captured_from + at_s, self.moved, seen)


@dataclass
class Watch:
    """What watching gave: the scores, and the spans of the events that the pipeline would have raised."""

    values: list[float] = field(default_factory=list)
    events: list[tuple[float, float]] = field(default_factory=list)
    at_s: float = 0.0

    def between(self, since_s: float, until_s: float) -> list[float]:
        return self.values[round(since_s * FPS) : round(until_s * FPS)]


def watch(baseline: LivingBaseline, seconds: float, so_far: Watch | None = None, **street) -> Watch:
    """Return what the pipeline would have: learning stops while an event is open."""
    result = so_far or Watch()
    settings, state = EventSettings(threshold=0.75, min_frames=2), EventState()
    extra = street.pop("extra", nothing)
    start_s = result.at_s
    for reading in Street(start_s=start_s, extra=extra, **street).readings(seconds):
        score = baseline.judge(reading, learn=state.phase not in ("active", "ending"))
        result.values.append(score.value)
        state, changes = advance(state, score.value, reading.captured_at, settings)
        result.events += [(c.started_at, c.ended_at) for c in changes if c.kind == "closed"]
    result.at_s = start_s + seconds
    return result


def said(span: tuple[float, float], normal: bool) -> Decided:
    return Decided(span[0], span[1], normal)
