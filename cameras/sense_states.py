"""Say how the senses of a camera stand, for its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cameras.models import Camera, CameraState
from detection.senses import SENSES, Sense, State

NAMES: dict[Sense, str] = {"pose": "Posture", "audio": "Sound", "scene": "Scene"}
WORDS: dict[State, str] = {
    "available": "Working",
    "missing model": "Model missing",
    "off": "Switched off",
    "slow": "Too slow",
    "failed": "Failed",
}
ICONS: dict[State, str] = {
    "available": "check",
    "missing model": "models",
    "off": "off",
    "slow": "warning",
    "failed": "warning",
}
PASSED_OVER: dict[Sense, str] = {
    "pose": "looks at people left for a later frame",
    "audio": "pieces of sound came too late to be heard",
    "scene": "pictures replaced by newer ones",
}
_COMMAND = re.compile(r"(manage\.py(?: (?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|FILE)\b)+)")


@dataclass(frozen=True, slots=True)
class SenseLine:
    """One sense of a camera: its state as a word and an icon, and what was said of it.

    said: the message in pieces, each with whether it is a command to type; dropped: what it had no time for.
    """

    name: str
    state: State
    words: str
    icon: str
    said: tuple[tuple[str, bool], ...]
    model: str
    dropped: str


def sense_lines(camera: Camera) -> list[SenseLine]:
    """Return how each sense of a camera stands, in a fixed order; none before its first watch or while it is off."""
    state: CameraState | None = getattr(camera, "state", None)
    if state is None or not camera.enabled:
        return []
    return [_line(sense, state.senses[sense]) for sense in SENSES if sense in state.senses]


def _line(sense: Sense, facts: dict[str, Any]) -> SenseLine:
    found = facts["state"]
    state: State = found if found in WORDS else "failed"
    pieces = _COMMAND.split(facts.get("message", ""))
    said = tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
    count = int(facts.get("dropped") or 0)
    dropped = f"{count:,} {PASSED_OVER[sense]}" if count else ""
    return SenseLine(NAMES[sense], state, WORDS[state], ICONS[state], said, str(facts.get("model", "")), dropped)
