"""Build stick figures: the 33 points of a person of 200 pixels in a given posture, and sequences of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from detection.pose.finding import PoseFinding
from detection.pose.judge import PoseJudge
from detection.pose.points import POINTS, Pose
from detection.pose.reading import PoseReading
from detection.pose.settings import PoseSettings
from detection.types import Box, Track

HEIGHT = 200.0
SIZE = (480, 640)
TORSO, HEAD, THIGH, SHIN, ARM = 0.29, 0.14, 0.25, 0.25, 0.32
"""Lengths in heights; hips stand at 0.5."""


@dataclass(frozen=True)
class Posture:
    """Where the hips are over the ground (heights), how far the torso leans (degrees), thigh and shin from hanging down
    (degrees, positive forward), and each arm from hanging down along the torso."""

    hips: float = 0.5
    lean: float = 0.0
    thigh: float = 0.0
    shin: float = 0.0
    arms: tuple[float, float] = (0.0, 0.0)
    head: float = 0.0
    """Extra turn of the head against the torso, degrees."""


STAND = Posture()
SIT = Posture(hips=0.26, thigh=90.0, lean=10.0)
SIT_ON_GROUND = Posture(hips=0.05, thigh=85.0, shin=85.0, lean=10.0)
BEND = Posture(hips=0.48, lean=95.0)
CROUCH = Posture(hips=0.14, thigh=140.0, shin=-75.0, lean=35.0)
LIE = Posture(hips=0.04, lean=88.0, thigh=-88.0, shin=-88.0)
WAVE = Posture(arms=(165.0, 165.0))


def between(a: Posture, b: Posture, share: float) -> Posture:
    """Return the posture `share` (0–1) of the way from a to b."""

    def mix(x: float, y: float) -> float:
        return x + (y - x) * share

    arms = (mix(a.arms[0], b.arms[0]), mix(a.arms[1], b.arms[1]))
    return Posture(
        mix(a.hips, b.hips), mix(a.lean, b.lean), mix(a.thigh, b.thigh), mix(a.shin, b.shin), arms, mix(a.head, b.head)
    )


def points(posture: Posture, x: float = 300.0, ground: float = 400.0, height: float = HEIGHT) -> Pose:
    """Return the pose, (33, 5) float32, of a person whose hips are over x and whose feet are on the ground."""
    pose = np.zeros((POINTS, 5), np.float32)
    pose[:, 3:] = 0.95

    def away(start: tuple[float, float], length: float, angle: float) -> tuple[float, float]:
        turn = math.radians(angle)
        return (start[0] + length * height * math.sin(turn), start[1] - length * height * math.cos(turn))

    def put(indices: Sequence[int], spot: tuple[float, float]) -> None:
        pose[list(indices), :2] = spot

    hips = (x, ground - posture.hips * height)
    shoulders = away(hips, TORSO, posture.lean)
    put(range(11), away(shoulders, HEAD, posture.lean + posture.head))
    put((11, 12), shoulders)
    put((23, 24), hips)
    for side, angle in enumerate(posture.arms):
        hang = posture.lean + 180.0 - angle
        put((13 + side,), away(shoulders, ARM / 2, hang))
        put((15 + side, 17 + side, 19 + side, 21 + side), away(shoulders, ARM, hang))
    knees = away(hips, THIGH, 180.0 - posture.thigh)
    put((25, 26), knees)
    put((27, 28, 29, 30, 31, 32), away(knees, SHIN, 180.0 - posture.shin))
    pose[:, 1] = np.minimum(pose[:, 1], ground)
    return pose


def box_of(pose: Pose, least_width: float = 50.0) -> Box:
    """Return the box a detector would draw: around the points, at least as wide as a body."""
    left, top = (float(v) for v in pose[:, :2].min(axis=0))
    right, bottom = (float(v) for v in pose[:, :2].max(axis=0))
    spare = max(0.0, least_width - (right - left)) / 2
    return (left - spare, top - 8.0, right + spare, bottom + 2.0)


def person(track_id: int, box: Box, label: str = "person") -> Track:
    """Return a track with this box."""
    return Track(track_id, box, label, 0.9, 10, 1.0)


@dataclass(frozen=True)
class Told:
    """What was found at a moment."""

    at_s: float
    finding: PoseFinding


Moment = Callable[[float], Posture]


def script(*steps: tuple[float, Posture]) -> Moment:
    """Return the posture at any time of (seconds, posture) steps, straight in between."""

    def at(at_s: float) -> Posture:
        for (start, a), (end, b) in pairwise(steps):
            if start <= at_s <= end:
                return between(a, b, (at_s - start) / (end - start))
        return steps[-1][1] if at_s > steps[-1][0] else steps[0][1]

    return at


def times(seconds: float, fps: float) -> Iterator[float]:
    """Yield the moments of a clip."""
    return (i / fps for i in range(round(seconds * fps)))


def reading(poses: dict[int, Pose], failed: Sequence[int] = ()) -> PoseReading:
    """Return a reading with these poses by track id."""
    ids = sorted(poses)
    stacked = np.stack([poses[i] for i in ids]) if ids else np.zeros((0, POINTS, 5), np.float32)
    return PoseReading(np.array(ids, np.int32), stacked, np.array(failed, np.int32), 0, 0, SIZE)


def act(
    moment: Moment,
    seconds: float,
    fps: float = 5.0,
    walk_px_s: float = 0.0,
    blind: Callable[[float], bool] = lambda _: False,
    settings: PoseSettings | None = None,
    height: float = HEIGHT,
) -> list[Told]:
    """Return what a judge finds in one person's performance; blind: when only the box is seen."""
    judge = PoseJudge(settings or PoseSettings())
    told = []
    for at_s in times(seconds, fps):
        pose = points(moment(at_s), 150.0 + walk_px_s * at_s, height=height)
        tracks = [person(1, box_of(pose, 50.0 * height / HEIGHT))]
        seen = reading({}, [1]) if blind(at_s) else reading({1: pose})
        told.append(Told(at_s, judge.judge(seen, tracks, at_s)))
    return told


def kinds(told: Sequence[Told]) -> set[str]:
    """Return everything that was found at any time."""
    return {kind for moment in told for kind in moment.finding.kinds}


def first(told: Sequence[Told], kind: str) -> float | None:
    """Return when a kind was found first, or None."""
    return next((moment.at_s for moment in told if kind in moment.finding.kinds), None)


def walking(at_s: float) -> Posture:
    """Return a walker's posture: legs and arms swing once a second."""
    swing = math.sin(2 * math.pi * at_s)
    return replace(STAND, thigh=25.0 * swing, shin=15.0 * swing, arms=(25.0 * swing, -25.0 * swing))


def running(at_s: float) -> Posture:
    """Return a runner's posture: a forward lean, and limbs that swing 1.4 times a second."""
    swing = math.sin(2 * math.pi * 1.4 * at_s)
    return Posture(lean=15.0, thigh=40.0 * swing, shin=-20.0, arms=(35.0 * swing, -35.0 * swing))
