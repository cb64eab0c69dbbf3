"""Tell an aggressive exchange: two people within reach of each other whose limbs are fast again and again."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from detection.pose.body import TORSOS_HIGH, distance
from detection.pose.memory import Person, Sample
from detection.pose.pace import Pace
from detection.pose.settings import ExchangeSettings

SAME_DEPTH = 1.6
"""Sizes of people who can reach each other differ by no more: one is not far behind the other."""
STANDS_TORSOS_S = 1.7
"""Half a height a second: the legs of who moves faster are fast because they run."""
LEAST_APART_S = 0.099
"""At most ten fast moments a second count, whatever the frame rate."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two people by track id, their fast moments within the last seconds, and their distance in heights.

    mutual: both were seen striking; otherwise only the first was.
    """

    first: int
    second: int
    strikes: int
    apart: float
    mutual: bool


def exchanges(people: Sequence[Person], settings: ExchangeSettings, at_s: float) -> list[Exchange]:
    """Return the pairs that are at it in this frame; people: those seen in it, with their fast moments noted.

    Where both were seen striking, arms and legs count, with one blow of a hand at least. Of people in a clinch often
    only one body can be read: then that one's hands must be fast more often, and legs do not count.
    """
    found: list[Exchange] = []
    for one, other in combinations(people, 2):
        apart = _apart(one.samples[-1], other.samples[-1])
        if apart > settings.reach:
            continue
        strikes = [_lately(person.fast_at, settings, at_s) for person in (one, other)]
        both = strikes[0] + strikes[1]
        hands = any(_lately(person.hits_at, settings, at_s) for person in (one, other))
        mutual = hands and bool(strikes[0]) and bool(strikes[1])
        if mutual and len(both) >= settings.strikes and _spread(both) >= settings.spread_s:
            found.append(Exchange(one.track_id, other.track_id, len(both), apart, True))
            continue
        for striker, struck in ((one, other), (other, one)):
            hits = _lately(striker.hits_at, settings, at_s)
            if len(hits) >= settings.alone and _spread(hits) >= settings.spread_s:
                found.append(Exchange(striker.track_id, struck.track_id, len(hits), apart, False))
                break
    return found


def note_fast(person: Person, moved: Pace, settings: ExchangeSettings) -> None:
    """Note whether a hand or a foot was fast in the last sample."""
    at_s = person.samples[-1].at_s
    hit = moved.wrist >= settings.wrist
    kick = moved.ankle >= settings.ankle and moved.hips <= STANDS_TORSOS_S
    for moments, fast in ((person.hits_at, hit), (person.fast_at, hit or kick)):
        if fast and (not moments or at_s - moments[-1] >= LEAST_APART_S):
            moments.append(at_s)


def _lately(moments: deque[float], settings: ExchangeSettings, at_s: float) -> list[float]:
    return [moment for moment in moments if at_s - moment <= settings.memory_s]


def _spread(moments: Sequence[float]) -> float:
    return max(moments) - min(moments)


def _apart(a: Sample, b: Sample) -> float:
    """Return the distance of two people in heights of the larger, by their hips or else by their boxes' centres."""
    if a.body is None and b.body is None:
        return float("inf")
    shorter, longer = sorted((_height(a), _height(b)))
    if longer > SAME_DEPTH * shorter:
        return float("inf")
    if a.body is not None and b.body is not None:
        return distance(a.body.hips, b.body.hips) / longer
    return distance(_centre(a), _centre(b)) / longer


def _height(sample: Sample) -> float:
    if sample.body is not None:
        return TORSOS_HIGH * sample.body.torso_px
    return max(1.0, sample.box[2] - sample.box[0], sample.box[3] - sample.box[1])


def _centre(sample: Sample) -> tuple[float, float]:
    left, top, right, bottom = sample.box
    return ((left + right) / 2, (top + bottom) / 2)
