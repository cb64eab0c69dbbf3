"""Say how each of the 24 features counts in the score: when it is defined, which side is unusual, how finely."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from detection.features import FEATURES, FrameFeatures

Unit = Literal["one", "diagonal"]


@dataclass(frozen=True, slots=True)
class Part:
    """How one feature counts.

    family: features of one family tell of the same thing, and only the strongest counts. side: +1 when large values
    are unusual, −1 when small ones are. floor: the least spread it is ever credited with, in its own unit or in
    picture diagonals, so that a value that was always the same does not make the next one infinitely unusual.
    weight: how much it counts, 0–1.
    """

    name: str
    family: str
    defined: Callable[[FrameFeatures], bool]
    side: Literal[1, -1]
    floor: float
    unit: Unit = "one"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Family:
    """How the strongest part of a family counts over time.

    smooth_s: time constant of its smoothing in seconds; cap: the largest deviation it is credited with. Things have a
    long one and a low cap: what passes within some seconds, such as a swinging branch or a person seen in pieces,
    shall not alarm, however many regions it makes.
    """

    smooth_s: float
    cap: float = 12.0


FAMILIES: dict[str, Family] = {
    "people": Family(1.0),
    "objects": Family(2.0, cap=7.0),
    "speed": Family(0.6),
    "stillness": Family(1.0),
    "near objects": Family(1.0),
    "near people": Family(1.0),
    "sureness": Family(1.0),
}


def _always(_: FrameFeatures) -> bool:
    return True


def _people(f: FrameFeatures) -> bool:
    return f.num_people >= 1


def _two_people(f: FrameFeatures) -> bool:
    return f.num_people >= 2


def _objects(f: FrameFeatures) -> bool:
    return f.num_objects >= 1


def _person_and_object(f: FrameFeatures) -> bool:
    return f.num_people >= 1 and f.num_objects >= 1


def _anything(f: FrameFeatures) -> bool:
    return f.num_people + f.num_objects >= 1


PARTS: tuple[Part, ...] = (
    Part("num_people", "people", _always, 1, 1.2),
    Part("num_objects", "objects", _always, 1, 0.11),
    Part("avg_speed_px", "speed", _people, 1, 0.02, "diagonal"),
    Part("max_speed_px", "speed", _people, 1, 0.02, "diagonal"),
    Part("avg_accel_px", "speed", _people, 1, 0.05, "diagonal", 0.4),
    Part("fast_ratio", "speed", _people, 1, 0.03),
    Part("loiter_ratio", "stillness", _people, 1, 0.03),
    Part("stationary_ratio", "stillness", _people, 1, 0.1),
    Part("min_person_obj_px", "near objects", _person_and_object, -1, 0.1, "diagonal", 0.3),
    Part("min_inter_person_px", "near people", _two_people, -1, 0.1, "diagonal", 0.3),
    Part("avg_inter_person_px", "near people", _two_people, -1, 0.1, "diagonal", 0.3),
    Part("min_person_obj_norm", "near objects", _person_and_object, -1, 0.1, weight=0.3),
    Part("min_inter_person_norm", "near people", _two_people, -1, 0.1, weight=0.3),
    Part("avg_inter_person_norm", "near people", _two_people, -1, 0.1, weight=0.3),
    Part("mean_track_age", "stillness", _anything, 1, 6.0, weight=0.4),
    Part("median_track_age", "stillness", _anything, 1, 6.0, weight=0.4),
    Part("max_track_age", "stillness", _anything, 1, 15.0, weight=0.4),
    Part("person_conf_mean", "sureness", _people, 1, 0.15, weight=0.2),
    Part("person_conf_max", "sureness", _people, 1, 0.15, weight=0.2),
    Part("object_conf_mean", "sureness", _objects, 1, 0.15, weight=0.2),
    Part("object_conf_max", "sureness", _objects, 1, 0.15, weight=0.2),
    Part("grid_mean", "people", _always, 1, 0.075),
    Part("grid_max", "people", _always, 1, 0.8),
    Part("grid_std", "people", _always, 1, 0.25),
)

if tuple(part.name for part in PARTS) != FEATURES:  # a feature without a row would silently never count
    raise RuntimeError("detection/score/parts.py must have one row per feature, in order.")
