"""Say in words what an event is: its category, its severity, and one sentence why."""

from __future__ import annotations

from collections.abc import Sequence

from detection.features.tags import CLOSE_TO_OBJECT, CROWDING, LOITERING, RAPID_MOVEMENT
from detection.score.normality import words as learned
from detection.types import ScorePart

VEHICLES = frozenset({"car", "truck", "bus", "motorcycle", "bicycle", "train"})
MAX_SEVERITY = 3
"""A score alone never calls the whole team (CRITICAL, EMERGENCY): that takes a person or a second look."""

MIN_SHARE = 0.1
"""A part that gave less of the score is no reason worth reading."""

_FAMILY_OF = {
    "num_people": "more people", "grid_max": "more people", "grid_mean": "more people", "grid_std": "more people",
    "num_objects": "things", "min_person_obj_px": "things", "min_person_obj_norm": "things",
    "avg_speed_px": "speed", "max_speed_px": "speed", "fast_ratio": "speed", "avg_accel_px": "speed",
    "loiter_ratio": "stillness", "stationary_ratio": "stillness",
    "scene_motion": "speed", "object_speed": "speed",
    "object_class": "things", "object_shape": "things", "object_look": "things",
    "mean_track_age": "stillness", "median_track_age": "stillness", "max_track_age": "stillness",
}  # fmt: skip

_CATEGORY_OF = {
    "more people": ("crowd control", 2),
    "things": ("security threat", 2),
    "vehicle": ("vehicle incident", 3),
    "speed": ("security threat", 2),
    "rush": ("stampede risk", 3),
    "stillness": ("medical emergency", 3),
    "other": ("security threat", 1),
}

_HEADLINES = {
    "more people": "More people than usual",
    "things": "An object that is not usual here",
    "vehicle": "A vehicle that is not usual here",
    "speed": "Someone moves faster than usual",
    "rush": "Several people run",
    "stillness": "Someone stays where people usually move on",
    "other": "Something unusual",
}

_WORDS = {
    "num_people": "people: {value:.0f} (usually {usual})",
    "num_objects": "objects: {value:.0f} (usually {usual})",
    "avg_speed_px": "average speed: {value:.0f} px/s (usually {usual})",
    "max_speed_px": "the fastest: {value:.0f} px/s (usually {usual})",
    "avg_accel_px": "change of pace: {value:.0f} px/s² (usually {usual})",
    "fast_ratio": "running: {value:.0%} of the people (usually {usual_share})",
    "loiter_ratio": "staying in one spot: {value:.0%} of the people (usually {usual_share})",
    "stationary_ratio": "not moving: {value:.0%} of the people (usually {usual_share})",
    "mean_track_age": "average stay: {value:.0f} s (usually {usual})",
    "median_track_age": "typical stay: {value:.0f} s (usually {usual})",
    "max_track_age": "longest stay: {value:.0f} s (usually {usual})",
    "grid_max": "people in one spot: {value:.0f} (usually {usual})",
}


def kind_of(tags: Sequence[str], parts: Sequence[ScorePart], labels: Sequence[str], people: float) -> str:
    """Return what mainly happened: a key of the category table.

    The strongest part decides; a vehicle among the labels turns "things" into "vehicle", and speed among a crowd or
    of most of at least five people is a "rush". Without parts the tags decide.
    """
    family = next((_FAMILY_OF[p.name] for p in parts if p.name in _FAMILY_OF), None)
    if family is None:
        by_tag = {RAPID_MOVEMENT: "speed", CROWDING: "more people", LOITERING: "stillness", CLOSE_TO_OBJECT: "things"}
        family = next((by_tag[tag] for tag in by_tag if tag in tags), "other")
    if family == "things" and VEHICLES.intersection(labels):
        return "vehicle"
    if family == "speed" and (CROWDING in tags or people >= 5) and RAPID_MOVEMENT in tags:
        return "rush"
    return family


def category_of(kind: str) -> str:
    """Return one of CATEGORIES for what mainly happened."""
    return _CATEGORY_OF[kind][0]


def severity_of(kind: str, tags: Sequence[str], score: float, threshold: float) -> int:
    """Return the severity, 1–4.

    The kind's own level; one more when the score has covered over 80 % of the way from the threshold to 1 and a tag
    says what it is; never over MAX_SEVERITY.
    """
    way = (score - threshold) / (1.0 - threshold) if threshold < 1.0 else 0.0
    return min(MAX_SEVERITY, _CATEGORY_OF[kind][1] + (1 if way > 0.8 and tags else 0))


def confidence_of(score: float, threshold: float) -> float:
    """Return how sure the alarm is, 0.5 at the threshold to 0.95 at a score of 1."""
    way = (score - threshold) / (1.0 - threshold) if threshold < 1.0 else 1.0
    return 0.5 + 0.45 * min(1.0, max(0.0, way))


def reason_of(kind: str, parts: Sequence[ScorePart], tags: Sequence[str]) -> str:
    """Return what happened as a first sentence, and the strongest reasons with their figures as a second."""
    worth = [part for part in parts if part.share >= MIN_SHARE and is_own(part)]
    told = [_told(part) for part in worth[:2]] or list(tags)
    details = "; ".join(told)
    return f"{_HEADLINES[kind]}." + (f" {details[0].upper()}{details[1:]}." if details else "")


def is_own(part: ScorePart) -> bool:
    """Tell whether a part is a scorer's, with words here, and not a sense's."""
    return part.name in _WORDS or part.name in learned.NAMES


def _told(part: ScorePart) -> str:
    if part.name in learned.NAMES:
        return learned.told(part)
    return _WORDS[part.name].format(value=part.value, usual=_span(part, ".0f"), usual_share=_span(part, ".0%"))


def _span(part: ScorePart, style: str) -> str:
    low, high = format(part.usual_low, style), format(part.usual_high, style)
    return low if low == high else f"{low} to {high}"
