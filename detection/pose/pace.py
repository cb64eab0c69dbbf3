"""Measure how fast wrists, ankles, head and torso move against the rest of the body."""

from __future__ import annotations

from dataclasses import dataclass

from detection.pose.body import Body, Spot, distance
from detection.pose.memory import Person
from detection.pose.settings import PaceSettings

MAX_WINDOWS = 3.0
"""Bodies further apart than so many windows tell no pace: much may have happened in between."""
SAME_TORSO = 0.6
"""The shorter torso against the longer one; below it one of both poses is nonsense, or the body turned."""
FLIP_DEG = 130.0
"""A torso that turned by more within a window was found upside down once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Paces in the last window: wrist, ankle and head against the torso, and the hips against the picture, in torsos a
    second; torso in degrees a second.
    """

    wrist: float = 0.0
    ankle: float = 0.0
    head: float = 0.0
    torso_deg: float = 0.0
    hips: float = 0.0


def pace(person: Person, settings: PaceSettings) -> Pace | None:
    """Return the paces of the person's last sample, or None when there is nothing to compare it with."""
    body = person.samples[-1].body
    before = person.earlier(settings.window_s, MAX_WINDOWS * settings.window_s)
    if body is None or before is None:
        return None
    earlier, seconds = before
    shorter, longer = sorted((body.torso_px, earlier.torso_px))
    turned = abs((body.lean_deg - earlier.lean_deg + 180.0) % 360.0 - 180.0)
    if shorter < max(settings.min_torso_px, SAME_TORSO * longer) or turned > FLIP_DEG:
        return None
    unit = (body.torso_px + earlier.torso_px) / 2 * seconds
    wrist = _limbs(body.wrists, earlier.wrists, body, earlier) / unit
    ankle = _limbs(body.ankles, earlier.ankles, body, earlier) / unit
    head = 0.0
    if body.head is not None and earlier.head is not None:
        head = distance(_from(body.head, body.centre), _from(earlier.head, earlier.centre)) / unit
    return Pace(wrist, ankle, head, turned / seconds, distance(body.hips, earlier.hips) / unit)


def _limbs(now: tuple[Spot | None, Spot | None], then: tuple[Spot | None, Spot | None], body: Body, was: Body) -> float:
    """Return how far the faster of two limbs moved against the torso, in pixels.

    The landmarker swaps left and right when a body turns; the pairing with the shorter way is taken.
    """
    if now[0] is None or now[1] is None or then[0] is None or then[1] is None:
        pairs = [(a, b) for a, b in zip(now, then, strict=True) if a is not None and b is not None]
        return max((distance(_from(a, body.centre), _from(b, was.centre)) for a, b in pairs), default=0.0)
    here = [_from(spot, body.centre) for spot in (now[0], now[1])]
    there = [_from(spot, was.centre) for spot in (then[0], then[1])]
    straight = [distance(here[0], there[0]), distance(here[1], there[1])]
    crossed = [distance(here[0], there[1]), distance(here[1], there[0])]
    return max(straight if sum(straight) <= sum(crossed) else crossed)


def _from(spot: Spot, origin: Spot) -> Spot:
    return (spot[0] - origin[0], spot[1] - origin[1])
