"""Say in words what each sense said of an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMES = {"pose": "Posture", "audio": "Sound", "scene": "Scene"}
QUIET = {
    "pose": "nothing unusual in the posture of {people}",
    "audio": "nothing unusual to be heard",
    "scene": "looks as it usually does",
}
SILENT_DB = -90.0
"""Below this a microphone hears nothing at all."""


@dataclass(frozen=True, slots=True)
class SenseLine:
    """What one sense said: its name, a sentence, and words that were spoken near the camera."""

    name: str
    said: str
    quotes: tuple[str, ...] = ()


def sense_lines(components: Mapping[str, Any]) -> list[SenseLine]:
    """Word an event's tier1_components: one line for each sense that worked, in a fixed order."""
    return [_line(sense, components[sense]) for sense in NAMES if components.get(sense)]


def _line(sense: str, said: Mapping[str, Any]) -> SenseLine:
    details = said.get("details") or {}
    reason = str(said.get("reason") or "")
    if not reason:
        found = (details.get("people") or {}).get("found", 0)
        reason = QUIET[sense].format(people="1 person" if found == 1 else f"{found} people")
        if sense == "pose" and not found:
            reason = "nobody could be made out"
        level = details.get("level_db")
        if sense == "audio" and level is not None:
            reason = "silence" if level <= SILENT_DB else f"{reason} ({level:.0f} dB)"
    return SenseLine(NAMES[sense], f"{reason[:1].upper()}{reason[1:]}".rstrip("."), _quotes(details))


def _quotes(details: Mapping[str, Any]) -> tuple[str, ...]:
    said = [str(each["text"]) for each in details.get("said") or ()]
    heard = str(details.get("transcript") or "")
    return tuple(said or ([heard] if heard else []))
