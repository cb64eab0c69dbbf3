"""The limits of posture that people may set, each with its unit, its usual value and its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

from detection.pose.settings import PoseSettings


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: what it says, its unit, its usual value, and the least and the most that make sense."""

    says: str
    unit: str
    usual: float
    least: float
    most: float


_USUAL = PoseSettings()
LIMITS: dict[str, Limit] = {
    "fall_s": Limit("Somebody who fell stays down for", "s", _USUAL.fall.stay_s, 0.2, 30.0),
    "lying_s": Limit("Somebody lies, whose fall was not seen, for", "s", _USUAL.fall.lying_s, 1.0, 600.0),
    "raised_s": Limit("Both hands are over the head for", "s", _USUAL.gesture.raised_s, 0.4, 60.0),
    "crouch_s": Limit("Somebody crouches for", "s", _USUAL.gesture.crouch_s, 0.4, 600.0),
    "crawl_s": Limit("Somebody crawls for", "s", _USUAL.gesture.crawl_s, 0.4, 60.0),
    "wrist": Limit("A hand moves faster than", "torso lengths/s", _USUAL.pace.wrist, 2.0, 50.0),
    "head": Limit("A head moves faster than", "torso lengths/s", _USUAL.pace.head, 1.0, 50.0),
    "torso_deg": Limit("A torso turns faster than", "°/s", _USUAL.pace.torso_deg, 20.0, 1000.0),
    "strikes": Limit("Two people strike at each other, times in 2 s", "", float(_USUAL.exchange.strikes), 2.0, 20.0),
}


class LimitError(ValueError):
    """A limit cannot be used; name says which, the message why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def check_limits(limits: Mapping[str, float]) -> dict[str, float]:
    """Return the limits that differ from the usual ones.

    Raises LimitError for an unknown name and for a value out of range.
    """
    kept = {}
    for name, value in limits.items():
        limit = LIMITS.get(name)
        if limit is None:
            raise LimitError(name, f"There is no limit “{name[:40]}”. Name one of: {', '.join(LIMITS)}.")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            raise LimitError(name, f"“{limit.says}”: write a number.")
        if not limit.least <= value <= limit.most:
            span = f"{limit.least:g} to {limit.most:g} {limit.unit}".rstrip()
            raise LimitError(name, f"“{limit.says}” takes {span}, not {value:g}.")
        if float(value) != limit.usual:
            kept[name] = float(value)
    return kept


def pose_settings(limits: Mapping[str, float]) -> PoseSettings:
    """Return the settings with these limits in place of the usual ones; raises LimitError."""
    at = {name: limit.usual for name, limit in LIMITS.items()} | check_limits(limits)
    usual = _USUAL
    strikes = round(at["strikes"])
    return replace(
        usual,
        fall=replace(
            usual.fall,
            stay_s=at["fall_s"],
            stay_box_s=max(usual.fall.stay_box_s, at["fall_s"]),
            lying_s=at["lying_s"],
        ),
        gesture=replace(usual.gesture, raised_s=at["raised_s"], crouch_s=at["crouch_s"], crawl_s=at["crawl_s"]),
        pace=replace(usual.pace, wrist=at["wrist"], head=at["head"], torso_deg=at["torso_deg"]),
        exchange=replace(usual.exchange, strikes=strikes, alone=max(usual.exchange.alone, strikes + 1)),
    )
