"""Measure one pose: how far the torso leans, how high hips and head are, where the limbs are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.pose.points import ANKLES, FEET, HEAD, HIPS, KNEES, SHOULDERS, VISIBILITY, WRISTS, Pose, X, Y
from detection.types import Box

Spot = tuple[float, float]
"""A place in the picture, pixels right and down."""

TORSOS_HIGH = 3.4
"""A standing person in torso lengths: hips to shoulders is 0.29 of the height (Drillis and Contini, 1966)."""


@dataclass(frozen=True, slots=True)
class Body:
    """One pose in pixels of the picture; what is not visible enough is None.

    lean_deg: angle of the torso from upright, −180 to 180, positive to the right; torso_px: hips to shoulders. low_y:
    the lowest visible of hips, knees and feet; feet_seen: whether a foot is among them. head_top_y: the highest visible
    point of the head. sure: mean visibility of shoulders and hips, 0–1.
    """

    lean_deg: float
    torso_px: float
    centre: Spot
    hips: Spot
    head: Spot | None
    head_top_y: float | None
    low_y: float
    feet_seen: bool
    wrists: tuple[Spot | None, Spot | None]
    ankles: tuple[Spot | None, Spot | None]
    sure: float

    @property
    def tilt_deg(self) -> float:
        """Return the angle of the torso from upright without its side, 0–180."""
        return abs(self.lean_deg)


def measure(pose: Pose, min_visibility: float) -> Body | None:
    """Return the measures of a pose, (33, 5) in pixels, or None when no shoulder or no hip is visible enough."""
    shoulders, hips = _mean(pose, SHOULDERS, min_visibility), _mean(pose, HIPS, min_visibility)
    if shoulders is None or hips is None:
        return None
    right, down = shoulders[0] - hips[0], shoulders[1] - hips[1]
    feet = _visible(pose, FEET, min_visibility)
    low = [float(pose[i, Y]) for i in (*feet, *_visible(pose, HIPS + KNEES, min_visibility))]
    head = _visible(pose, HEAD, min_visibility)
    return Body(
        lean_deg=math.degrees(math.atan2(right, -down)),
        torso_px=max(1.0, math.hypot(right, down)),
        centre=((shoulders[0] + hips[0]) / 2, (shoulders[1] + hips[1]) / 2),
        hips=hips,
        head=_mean(pose, HEAD, min_visibility),
        head_top_y=min(float(pose[i, Y]) for i in head) if head else None,
        low_y=max(low),
        feet_seen=bool(feet),
        wrists=_both(pose, WRISTS, min_visibility),
        ankles=_both(pose, ANKLES, min_visibility),
        sure=float(np.mean(pose[list(SHOULDERS + HIPS), VISIBILITY])),
    )


def standing_px(body: Body, box: Box) -> float:
    """Return the height of this person standing, in pixels, from an upright torso, within reason of the box."""
    height = box[3] - box[1]
    return min(max(TORSOS_HIGH * body.torso_px, 0.8 * height), 1.6 * height)


def distance(a: Spot, b: Spot) -> float:
    """Return how far apart two places are, in pixels."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def _visible(pose: Pose, points: Sequence[int], min_visibility: float) -> list[int]:
    return [i for i in points if pose[i, VISIBILITY] >= min_visibility]


def _mean(pose: Pose, points: Sequence[int], min_visibility: float) -> Spot | None:
    seen = _visible(pose, points, min_visibility)
    if not seen:
        return None
    return (float(pose[seen, X].mean()), float(pose[seen, Y].mean()))


def _both(pose: Pose, points: tuple[int, int], min_visibility: float) -> tuple[Spot | None, Spot | None]:
    return (_mean(pose, points[:1], min_visibility), _mean(pose, points[1:], min_visibility))
