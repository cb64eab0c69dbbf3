"""People who just cross the plaza: placed so that five to seven are always in view and nobody walks into anybody.

The clip is a loop: somebody on their way at its end goes on at its start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detection.synthetic.camera import PlazaCamera
from detection.synthetic.paving import FOUNTAIN_AT
from detection.synthetic.performance import Performance, Travel
from detection.synthetic.planting import BENCHES, FOUNTAIN_RADIUS_M, LAMPS, PLANTERS, TREES
from detection.synthetic.route import Route
from detection.synthetic.script import Scene
from detection.synthetic.wardrobe import random_look

STEP_S = 0.25
FEWEST, MOST = 5, 7
ATTEMPTS = 4000
NEAREST_Y_M, FARTHEST_Y_M = 9.2, 27.5
Places = NDArray[np.float64]

OBSTACLES = (
    (*FOUNTAIN_AT, FOUNTAIN_RADIUS_M + 0.6),
    *((x, y, 0.55) for x, y in LAMPS),
    *((x, y, 1.4) for x, y in BENCHES),
    *((x, y, 1.3) for x, y in PLANTERS),
    *((tree.x, tree.y, 0.6) for tree in TREES),
)


def half_view_m(camera: PlazaCamera, y: float) -> float:
    """Return how far to either side the camera sees the ground at a distance y, in metres."""
    return camera.depth_at(0.0, y) * camera.width / 2 / camera.focal_px


def _looped(place: Callable[[float], tuple[float, float] | None], seconds: float) -> Places:
    """Sample somebody's way over the loop: (steps, 2) metres, NaN while they are away."""
    times = np.arange(0, seconds, STEP_S)
    places = np.full((len(times), 2), np.nan)
    for lap in (0.0, seconds):
        for index, at in enumerate(times):
            where = place(float(at) + lap)
            if where is not None:
                places[index] = where
    return places


def _walked(route: Route, speed_m_s: float, start_s: float, seconds: float) -> Places:
    """Sample a steady walk over the loop, like _looped but all at once."""
    times = np.arange(0, seconds, STEP_S)
    first, second = (route.places((times + lap - start_s) * speed_m_s) for lap in (0.0, seconds))
    return np.where(np.isnan(first), second, first)


def _stage_directions(scenes: Sequence[Scene], seconds: float) -> tuple[list[Places], list[tuple[Places, float]]]:
    """Return the ways of the people in scenes, and everything to keep clear of with the room it needs in metres."""
    acting: list[Places] = []
    taken: list[tuple[Places, float]] = []
    for scene in scenes:
        for person in scene.people:
            acting.append(_looped(person.place, seconds))
            taken.append((acting[-1], person.clear_m))
            # Nobody should walk between the camera and what it is there to see.
            taken.append((acting[-1] + np.array((0.0, -1.7)), person.clear_m))
        if scene.van is not None:
            places = _looped(scene.van.place_xy, seconds)
            taken += [(places + np.array((shift, 0.0)), 2.0) for shift in (-1.3, 1.3)]
        if scene.bag is not None:
            taken.append((_looped(scene.bag.place, seconds), 1.0))
    return acting, taken


def _crossing(camera: PlazaCamera, rng: np.random.Generator) -> Route:
    """Draw a way over the plaza: from side to side, or between the side street and a side."""
    y = float(rng.uniform(NEAREST_Y_M, FARTHEST_Y_M) if rng.random() < 0.45 else rng.uniform(NEAREST_Y_M, 16.0))
    direction = 1 if rng.random() < 0.5 else -1
    edge = half_view_m(camera, y) + 1.1
    if rng.random() < 0.16:
        side = (direction * edge, y)
        mouth = [(-5.2, 34.0), (-2.2, 34.5), (-1.5, 30.0), (-0.4 + direction * 0.6, 25.0)]
        turn = (direction * edge * 0.45, y + 2.5)
        way = [*mouth, turn, side]
        return Route(way if rng.random() < 0.5 else way[::-1])
    end = float(np.clip(y + rng.normal(0, 1.3), NEAREST_Y_M, FARTHEST_Y_M))
    end_edge = half_view_m(camera, end) + 1.1
    middle = (float(rng.uniform(-2, 2)), (y + end) / 2 + float(rng.normal(0, 0.5)))
    return Route([(-direction * edge, y), middle, (direction * end_edge, end)])


def _in_the_way(route: Route) -> bool:
    points = route.places(np.arange(0, route.length_m, 0.3))
    return any(np.hypot(points[:, 0] - x, points[:, 1] - y).min() < radius for x, y, radius in OBSTACLES)


def passers_by(
    camera: PlazaCamera, rng: np.random.Generator, scenes: Sequence[Scene], seconds: float
) -> tuple[Performance, ...]:
    """Return people who walk across the plaza during a loop of so many seconds, out of the way of the scenes."""
    acting, taken = _stage_directions(scenes, seconds)
    seen = np.zeros(len(np.arange(0, seconds, STEP_S)), int)
    for places in acting:
        seen += _visible(camera, places)
    people: list[Performance] = []
    for _ in range(ATTEMPTS):
        if seen.min() >= FEWEST:
            break
        emptiest = np.flatnonzero(seen == seen.min())
        wanted_at = float(emptiest[int(rng.integers(len(emptiest)))]) * STEP_S
        route, speed = _crossing(camera, rng), float(rng.uniform(1.12, 1.42))
        start = (wanted_at - float(rng.uniform(0.05, 0.9)) * route.length_m / speed) % seconds
        if _in_the_way(route):
            continue
        places = _walked(route, speed, start, seconds)
        visible = _visible(camera, places)
        if (seen + visible).max() > MOST or any(_too_close(places, other, room) for other, room in taken):
            continue
        walk = Travel(route, speed, phase=float(rng.random()))
        person = Performance(f"person {len(people) + 1}", random_look(rng), start, (walk,))
        seen += visible
        taken.append((places, person.clear_m))
        people.append(person)
    return tuple(people)


def _visible(camera: PlazaCamera, places: Places) -> NDArray[np.int_]:
    on_ground = np.column_stack((places, np.zeros(len(places))))
    pixels, _ = camera.project(on_ground.astype(np.float32))
    # A comparison with NaN is false: who is away is not in view.
    return ((pixels[:, 0] > 0) & (pixels[:, 0] < camera.width)).astype(int)


def _too_close(places: Places, other: Places, room_m: float) -> bool:
    apart = np.hypot(*(places - other).T)
    return bool(np.nanmin(apart, initial=np.inf) < room_m)
