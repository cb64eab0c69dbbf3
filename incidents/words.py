"""Say figures the way an operator reads them: the names and units of score parts, ages, headlines."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BAR_LIMITS = 2.0
"""The bar of a sense's part is full at twice its limit."""

BAR_SIGMA = 10.0
"""The bar of a part is full at so many usual spreads: beyond that, more is not more alarming."""

_PARTS: dict[str, tuple[str, str]] = {
    "num_people": ("People in the picture", ""),
    "num_objects": ("Objects in the picture", ""),
    "avg_speed_px": ("Average speed", "px/s"),
    "max_speed_px": ("Fastest person", "px/s"),
    "avg_accel_px": ("Change of pace", "px/s²"),
    "fast_ratio": ("People running", "%"),
    "loiter_ratio": ("People lingering", "%"),
    "stationary_ratio": ("People not moving", "%"),
    "min_person_obj_px": ("Person to nearest object", "px"),
    "min_inter_person_px": ("Closest two people", "px"),
    "avg_inter_person_px": ("Distance between people", "px"),
    "min_person_obj_norm": ("Person to nearest object", "% of the picture"),
    "min_inter_person_norm": ("Closest two people", "% of the picture"),
    "avg_inter_person_norm": ("Distance between people", "% of the picture"),
    "mean_track_age": ("Time in view, average", "s"),
    "median_track_age": ("Time in view, middle", "s"),
    "max_track_age": ("Longest in view", "s"),
    "person_conf_mean": ("Sureness of people, average", "%"),
    "person_conf_max": ("Sureness of people, best", "%"),
    "object_conf_mean": ("Sureness of objects, average", "%"),
    "object_conf_max": ("Sureness of objects, best", "%"),
    "grid_mean": ("People per area, average", ""),
    "grid_max": ("People in the fullest area", ""),
    "grid_std": ("Unevenness of the crowd", ""),
    # What a camera learned of its own footage: detection.score.normality.
    "scene_motion": ("Fastest movement in the picture", "× usual"),
    "object_speed": ("Fastest object", "heights/s"),
    "object_class": ("Rarest kind of object", "one in"),
    "object_shape": ("Largest for its place", "% larger"),
    "object_look": ("Least familiar look", "away"),
    # What trees learned of labelled footage: detection.score.learned.people and .flow; heights are the people's own.
    "speed_heights_mean": ("Average walking speed", "heights/s"),
    "speed_heights_max": ("Fastest walking speed", "heights/s"),
    "pace_short_mean": ("Average pace just now", "heights/s"),
    "pace_short_max": ("Fastest pace just now", "heights/s"),
    "pace_long_mean": ("Average pace over seconds", "heights/s"),
    "pace_long_max": ("Fastest pace over seconds", "heights/s"),
    "pace_change_max": ("Sudden start or stop", "heights/s"),
    "overlap_max": ("Two people over each other", "%"),
    "gap_heights_min": ("Closest two people", "heights apart"),
    "shape_change_max": ("Fastest change of posture", "/s"),
    "flow_people_mean": ("Movement of people, average", "heights/s"),
    "flow_people_max": ("Movement of people, most", "heights/s"),
    "flow_inside_mean": ("Movement of limbs, average", "heights/s"),
    "flow_inside_max": ("Movement of limbs, most", "heights/s"),
    "flow_pair_mean": ("Movement around the nearest two", "heights/s"),
    "flow_pair_p95": ("Quickest around the nearest two", "heights/s"),
    "flow_picture_mean": ("Movement in the picture, average", "diagonals/s"),
    "flow_picture_p95": ("Movement in the picture, most", "diagonals/s"),
    "flow_picture_change": ("Suddenness of movement", "diagonals/s"),
    "flow_camera": ("Movement of the camera itself", "diagonals/s"),
    # What a network learned of objects' paths: detection.score.learned.attention; the more, the less expected.
    "motion for its place": ("Movement unusual for its place", ""),
    "size for its place": ("Size unusual for its place", ""),
    "class for its place": ("Kind of object unusual for its place", ""),
    "motion after its past": ("Movement unlike its path so far", ""),
    "size after its past": ("Size unlike its path so far", ""),
    "sound_level": ("Sound level", "dB"),
    # The members of an ensemble, by their scores.
    "robust": ("Unlike the last minutes", "of 1"),
    "baseline": ("Unlike what is normal here", "of 1"),
    "lightgbm": ("Like the scenes it was trained on", "of 1"),
    "autoencoder": ("Unlike the usual picture", "of 1"),
    "attention": ("Unlike the usual paths", "of 1"),
}
SENSE_PARTS: dict[str, tuple[str, str]] = {
    "pose: fall": ("Head sank by", "% of the height"),
    "pose: lying": ("Lies on the ground", "s"),
    "pose: raised hands": ("Hands over the head", "s"),
    "pose: crouch": ("Crouches", "s"),
    "pose: crawl": ("Crawls", "s"),
    "pose: aggression": ("Strikes between two people", "movements"),
    "pose: wrist speed": ("Fastest hand", "torso lengths/s"),
    "pose: head movement": ("Fastest head", "torso lengths/s"),
    "pose: torso change": ("Torso turns", "°/s"),
    "sound_scream": ("Sounds like a scream", "% sure"),
    "sound_gunshot": ("Sounds like a gunshot", "% sure"),
    "sound_explosion": ("Sounds like an explosion", "% sure"),
    "sound_glass": ("Sounds like breaking glass", "% sure"),
    "sound_siren": ("Sounds like a siren", "% sure"),
    "sound_alarm": ("Sounds like an alarm", "% sure"),
}
"""Parts that the senses tell, against limits: detection.pose.finding, detection.audio.stage."""

_PICTURE = "picture, "
"""A part of the autoencoder is a place of the picture: “picture, top left”."""

_SHAPE_WEIGHT = 2.0
"""As detection.score.normality.model weighs sizes; importing it here would load the pipeline into the portal."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """One reason of a score, in words; width is the bar's length in percent.

    A scorer's value stands against what is usual at the camera, in spreads; a sense's against a limit, from which it
    counts.
    """

    label: str
    value: str
    usual: str
    sigma: str
    width: int
    limit: str = ""

    @property
    def against(self) -> str:
        """Return what the value is measured by."""
        return f"counts from {self.limit} on" if self.limit else f"usual here {self.usual} · {self.sigma}"


def part_line(part: Mapping[str, Any]) -> PartLine:
    """Word one stored ScorePart (name, value, usual_low, usual_high, deviation)."""
    name = str(part["name"])
    deviation = max(0.0, float(part["deviation"] or 0.0))
    if name in SENSE_PARTS:
        label, unit = SENSE_PARTS[name]
        limit = _with_unit(_figure(part["usual_high"], unit), unit)
        width = round(min(1.0, deviation / BAR_LIMITS) * 100)
        return PartLine(label, _with_unit(_figure(part["value"], unit), unit), "", "", width, limit)
    label, unit = _named(name)
    low, high = _figure(part["usual_low"], unit), _figure(part["usual_high"], unit)
    usual = low if low == high else f"{low} to {high}" if "-" in low + high else f"{low}–{high}"
    return PartLine(
        label=label,
        value=_with_unit(_figure(part["value"], unit), unit),
        usual=_with_unit(usual, unit),
        sigma=f"{deviation:.1f} σ",
        width=round(min(1.0, deviation / BAR_SIGMA) * 100),
    )


def clock(seconds: float) -> str:
    """Write a span as the consoles count it: 0:42, 3:10, 1:02:10, 3 d 4 h."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, second = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def since(moment: dt.datetime, now: dt.datetime) -> str:
    return clock((now - moment).total_seconds())


def length(span_s: float) -> str:
    """Write how long something lasted: 4.2 s, 38 s, 2 min 5 s."""
    if span_s < 10:
        return f"{span_s:.1f} s"
    minutes, seconds = divmod(round(span_s), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def headline(reason: str) -> str:
    """Return what happened: the reason's first sentence, without its full stop. The figures follow in the others."""
    return reason.partition(". ")[0].removesuffix(".")


def figures(reason: str) -> str:
    """Return what follows the headline, or an empty string."""
    return reason.partition(". ")[2]


def _named(name: str) -> tuple[str, str]:
    if name.startswith(_PICTURE):
        return f"Looks unlike the usual, {name.removeprefix(_PICTURE)}", ""
    return _PARTS.get(name, (name.replace("_", " ").capitalize(), ""))


def _figure(value: float | None, unit: str) -> str:
    if value is None:  # the pipeline's word for "not defined here" is not a number, which JSON cannot keep
        return "–"
    if unit == "one in":  # the negative logarithm of a share, less where the detector is unsure
        return f"{math.exp(min(value, 20.0)):,.0f}"
    if unit == "% larger":  # a weighted logarithm of a size
        return f"{(math.exp(value / _SHAPE_WEIGHT) - 1) * 100:.0f}"
    if 0 < abs(value) < 0.1 and not unit.startswith("%"):
        return f"{value:.1g}"
    if unit.startswith("%"):
        return f"{value * 100:.0f}"
    return f"{value:.0f}" if abs(value) >= 10 or float(value).is_integer() else f"{value:.1f}"


def _with_unit(text: str, unit: str) -> str:
    if unit == "one in":
        return f"one in {text}"
    return f"{text} {unit}" if unit else text
