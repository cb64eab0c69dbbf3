"""What really happens in a rendered clip, to hold a detector against; reads and writes JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detection.types import Box

FORMAT = "vedette-ground-truth/1"


@dataclass(frozen=True, slots=True)
class PersonTruth:
    """A person in one frame: box in pixels, and what they do ("walk", "run", "fall", "lie", ...)."""

    name: str
    box: Box
    action: str
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """One frame: its number from 0, its time in seconds, the people seen, and the boxes of running events by kind."""

    index: int
    at_s: float
    people: tuple[PersonTruth, ...]
    events: Mapping[str, Box]


@dataclass(frozen=True, slots=True)
class BoxAt:
    """Where an event's subject is at one time."""

    at_s: float
    box: Box


@dataclass(frozen=True, slots=True)
class EventTruth:
    """One unusual thing: its kind, its incident category, its span in seconds, its subject's boxes over time."""

    kind: str
    category: str
    start_s: float
    end_s: float
    track: tuple[BoxAt, ...]


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """All of a clip: size in pixels, frames a second, seed, duration in seconds, events in order, every frame."""

    width: int
    height: int
    fps: float
    seed: int
    duration_s: float
    events: tuple[EventTruth, ...]
    frames: tuple[FrameTruth, ...]

    def to_json(self) -> str:
        """Return the ground truth as JSON text, boxes as [left, top, right, bottom]."""
        return json.dumps({"format": FORMAT, **asdict(self)}, separators=(",", ":"), default=dict)

    def save(self, path: Path) -> None:
        """Write the JSON to a file, which appears only when it is complete. Raises OSError where it cannot."""
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            partial.write_text(self.to_json(), encoding="utf-8")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    @classmethod
    def from_json(cls, text: str) -> GroundTruth:
        """Read what to_json wrote. Raises ValueError when the text is something else."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError(f"This is not a ground truth file: its format is not '{FORMAT}'.")
        return cls(
            width=data["width"],
            height=data["height"],
            fps=data["fps"],
            seed=data["seed"],
            duration_s=data["duration_s"],
            events=tuple(_event(item) for item in data["events"]),
            frames=tuple(_frame(item) for item in data["frames"]),
        )


def _box(values: list[float]) -> Box:
    left, top, right, bottom = values
    return left, top, right, bottom


def _event(data: dict[str, Any]) -> EventTruth:
    track = tuple(BoxAt(item["at_s"], _box(item["box"])) for item in data["track"])
    return EventTruth(data["kind"], data["category"], data["start_s"], data["end_s"], track)


def _frame(data: dict[str, Any]) -> FrameTruth:
    people = tuple(PersonTruth(p["name"], _box(p["box"]), p["action"], p["speed_m_s"]) for p in data["people"])
    return FrameTruth(data["index"], data["at_s"], people, {kind: _box(box) for kind, box in data["events"].items()})
