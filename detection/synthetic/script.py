"""The four unusual things that happen on the plaza, with clear normal time between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from detection.synthetic import skeleton as sk
from detection.synthetic.figure import Colour, Look
from detection.synthetic.performance import Performance, Posing, Travel
from detection.synthetic.route import Route
from detection.synthetic.van import Van
from detection.synthetic.wardrobe import TOPS, random_look, steward_look

WALK_M_S = 1.28
RUN_M_S = 3.6
"""2.8 times the usual walk: a sprint for a bus."""
SCENE_MARGIN_S = 2.0
STANDING = sk.stride_pose(sk.WALK, 0.0, amount=0.0)


@dataclass(frozen=True, slots=True)
class GroundBag:
    """A bag on the ground between two times."""

    x: float
    y: float
    heading: float
    start_s: float
    end_s: float
    colour: Colour

    def place(self, seconds: float) -> tuple[float, float] | None:
        """Return where the bag lies (x, y) at a time of the clip, None when it does not."""
        return (self.x, self.y) if self.start_s <= seconds < self.end_s else None


@dataclass(frozen=True, slots=True)
class Scene:
    """One unusual thing: when it is unusual, whose box it is (a person's name, "van" or "bag"), who takes part."""

    kind: str
    category: str
    subject: str
    start_s: float
    end_s: float
    people: tuple[Performance, ...] = ()
    van: Van | None = None
    bag: GroundBag | None = None


def scenes(rng: np.random.Generator, seconds: float) -> tuple[Scene, ...]:
    """Return the scenes that fit into a clip of so many seconds, in order; none begins before 24 s."""
    everything = (_runner(rng), _fall(rng), _vehicle(rng), _abandoned(rng))
    return tuple(scene for scene in everything if scene.end_s + SCENE_MARGIN_S <= seconds)


def _runner(rng: np.random.Generator) -> Scene:
    start = 25.0 + float(rng.uniform(-0.5, 0.5))
    shift = float(rng.uniform(-0.4, 0.4))
    route = Route([(-13.2, 22.6), (-6.6, 19.4 + shift), (-1.5, 14.4 + shift), (3.0, 11.0 + shift), (7.6, 9.6)])
    look = replace(random_look(rng), top="shirt", bottom="shorts", bottom_colour=(54, 50, 48), top_colour=(48, 52, 196))
    run = Performance("runner", look, start, (Travel(route, RUN_M_S, running=True, action="run"),), clear_m=1.5)
    return Scene("runner", "security threat", "runner", start, run.end_s, (run,))


def _fall(rng: np.random.Generator) -> Scene:
    falls_at = 39.0 + float(rng.uniform(-0.4, 0.4))
    x, y = -0.6 + float(rng.uniform(-0.4, 0.4)), 12.2
    arrive = Travel(Route([(8.4, 12.5), (4.0, 12.3), (x, y)]), 1.2)
    down = ((0.0, STANDING), (0.35, sk.buckled_pose()), (0.7, sk.kneeling_pose()), (1.1, sk.lying_pose()))
    lie = ((0.0, sk.lying_pose()), (8.2, sk.lying_pose()))
    rise = (
        (0.0, sk.lying_pose()), (1.2, sk.sitting_pose()), (2.1, sk.crouched_pose()), (3.1, STANDING), (3.8, STANDING),
    )  # fmt: skip
    leave = Travel(Route([(x, y), (x - 2, y + 0.9), (-9.2, y + 1.4)]), 1.05, from_rest=True)
    acts = (
        arrive,
        Posing(x, y, pi, down, "fall"),
        Posing(x, y, pi, lie, "lie"),
        Posing(x, y, pi, rise, "get up"),
        leave,
    )
    look = replace(random_look(rng), top="jacket", bottom="trousers", backpack=None)
    person = Performance("fallen", look, falls_at - arrive.duration_s, acts, clear_m=2.6)
    up_at = falls_at + 1.1 + 8.2 + 3.1
    return Scene("fall", "medical emergency", "fallen", falls_at, up_at, (person, _passer_by(rng, falls_at, x, y)))


def _passer_by(rng: np.random.Generator, falls_at: float, x: float, y: float) -> Performance:
    """Return somebody who comes to help, kneels beside the fallen person, and walks off with them."""
    beside = (x - 2.3, y - 0.75)
    come = Travel(Route([(-9.4, 10.9), (-5.6, 11.2), beside]), 1.5, to_rest=True)
    kneel = (
        (0.0, STANDING), (0.8, sk.crouched_pose()), (4.4, sk.crouched_pose()), (5.4, STANDING), (6.8, STANDING),
    )  # fmt: skip
    go = Travel(Route([beside, (beside[0] - 2, beside[1] + 0.3), (-9.4, y + 0.2)]), 1.05, from_rest=True)
    acts = (come, Posing(*beside, 0.35, kneel, "help"), go)
    return Performance("helper", random_look(rng), falls_at + 2.6, acts, clear_m=1.1)


def _vehicle(rng: np.random.Generator) -> Scene:
    start = 56.4 + float(rng.uniform(-0.4, 0.4))
    route = Route([(-11.6, 15.2), (-4.0, 14.9), (4.0, 14.8), (11.6, 15.3)])
    stripe = TOPS[int(rng.choice((0, 1, 3)))]
    van = Van(route, start, 4.0, body=(250, 253, 255), stripe=stripe)
    return Scene("vehicle", "vehicle incident", "van", start, van.end_s, van=van)


def _abandoned(rng: np.random.Generator) -> Scene:
    stoops_at = 66.8 + float(rng.uniform(-0.3, 0.3))
    x, y = 1.5 + float(rng.uniform(-0.3, 0.3)), 10.6
    colour: Colour = (52, 44, 150)
    arrive = Travel(Route([(7.6, 11.3), (4.0, 10.8), (x, y)]), 1.35, to_rest=True, carried=colour)
    stoop = ((0.0, STANDING), (0.8, sk.bent_pose(1.0)), (1.6, STANDING), (2.4, STANDING))
    put = Posing(x, y, pi, stoop, "put down", bag=colour, bag_until_s=0.8)
    leave = Travel(Route([(x, y), (x - 2.6, y + 1.6), (-8.9, 13.6)]), 1.5, from_rest=True)
    owner = Performance("owner", random_look(rng), stoops_at - arrive.duration_s, (arrive, put, leave))
    bag = _hand_place(owner.look, x, y, pi)
    taken_at = stoops_at + 9.4
    steward = _steward(rng, bag, taken_at, colour)
    ground = GroundBag(bag[0], bag[1], pi, stoops_at + 0.8, taken_at, colour)
    return Scene("abandoned object", "security threat", "bag", ground.start_s, taken_at, (owner, steward), bag=ground)


def _steward(rng: np.random.Generator, bag: tuple[float, float], taken_at: float, colour: Colour) -> Performance:
    look = steward_look(rng)
    reach = _hand_place(look, 0.0, 0.0, pi)
    x, y = bag[0] - reach[0], bag[1] - reach[1]
    come = Travel(Route([(8.0, 11.6), (4.6, 11.0), (x, y)]), 1.35, to_rest=True)
    stoop = ((0.0, STANDING), (0.8, sk.bent_pose(1.0)), (1.6, STANDING))
    take = Posing(x, y, pi, stoop, "pick up", bag=colour, bag_from_s=0.8)
    back = Route([(x, y), (x - 0.5, y + 0.5), (x + 0.4, y + 1.0), (8.2, y + 1.2)])
    go = Travel(back, 1.35, from_rest=True, carried=colour)
    return Performance("steward", look, taken_at - 0.8 - come.duration_s, (come, take, go))


def _hand_place(look: Look, x: float, y: float, heading: float) -> tuple[float, float]:
    """Return where on the ground the right hand of somebody who bends down is."""
    forward, left, _ = sk.bent_pose(1.0)[sk.HANDS[1]] * look.height_m
    return (
        x + float(forward * np.cos(heading) - left * np.sin(heading)),
        y + float(forward * np.sin(heading) + left * np.cos(heading)),
    )
