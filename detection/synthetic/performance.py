"""What one person does from entering the picture to leaving it: acts that follow each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from detection.synthetic.camera import Floats
from detection.synthetic.figure import Colour, Look, Stance
from detection.synthetic.route import Route
from detection.synthetic.skeleton import RUN, WALK, blended, stride_pose

START_STEP_S = 0.45
"""Time from standing to full stride."""


class Act(Protocol):
    """A part of a performance; at() takes the seconds since this act began."""

    @property
    def duration_s(self) -> float: ...

    def at(self, seconds: float, look: Look) -> Stance: ...


@dataclass(frozen=True, slots=True)
class Travel:
    """Walk or run along a route at a steady speed in metres a second."""

    route: Route
    speed_m_s: float
    running: bool = False
    from_rest: bool = False
    to_rest: bool = False
    carried: Colour | None = None
    phase: float = 0.0
    action: str = "walk"

    @property
    def duration_s(self) -> float:
        return self.route.length_m / self.speed_m_s

    def at(self, seconds: float, look: Look) -> Stance:
        x, y, heading = self.route.at(seconds * self.speed_m_s)
        gait = RUN if self.running else WALK
        amount = 1.0
        if self.from_rest:
            amount = min(amount, seconds / START_STEP_S)
        if self.to_rest:
            amount = min(amount, (self.duration_s - seconds) / START_STEP_S)
        phase = self.phase + seconds * self.speed_m_s / (gait.stride * look.height_m)
        pose = stride_pose(gait, phase, max(amount, 0.0), still_arm=self.carried is not None)
        return Stance(x, y, heading, pose, self.action, self.speed_m_s, self.carried)


@dataclass(frozen=True, slots=True)
class Posing:
    """Stay on one spot and move from pose to pose; keys are (seconds, pose) in order, the last ends the act.

    carried_until and carried_from tell when a bag leaves or reaches the hand, in seconds.
    """

    x: float
    y: float
    heading: float
    keys: tuple[tuple[float, Floats], ...]
    action: str
    bag: Colour | None = None
    bag_until_s: float = 0.0
    bag_from_s: float = float("inf")

    @property
    def duration_s(self) -> float:
        return self.keys[-1][0]

    def at(self, seconds: float, look: Look) -> Stance:
        carried = self.bag if seconds < self.bag_until_s or seconds >= self.bag_from_s else None
        pose = self.keys[-1][1]
        for (start, first), (end, second) in zip(self.keys, self.keys[1:], strict=False):
            if seconds < end:
                pose = blended(first, second, max(0.0, (seconds - start) / (end - start)))
                break
        return Stance(self.x, self.y, self.heading, pose, self.action, 0.0, carried)


@dataclass(frozen=True, slots=True)
class Performance:
    """One person's visit: who, when it starts, what they do."""

    name: str
    look: Look
    start_s: float
    acts: tuple[Act, ...]
    clear_m: float = field(default=0.95)
    """How much room others must leave around this person."""

    @property
    def end_s(self) -> float:
        return self.start_s + sum(act.duration_s for act in self.acts)

    def place(self, seconds: float) -> tuple[float, float] | None:
        """Return where the person is (x, y) at a time of the clip, None before and after the visit."""
        stance = self.at(seconds)
        return None if stance is None else (stance.x, stance.y)

    def at(self, seconds: float) -> Stance | None:
        """Return the stance at a time of the clip, None before and after the visit."""
        elapsed = seconds - self.start_s
        if elapsed < 0:
            return None
        for act in self.acts:
            if elapsed < act.duration_s:
                return act.at(elapsed, self.look)
            elapsed -= act.duration_s
        return None
