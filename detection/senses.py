"""Say what every sense beside the object detector tells: how it stands, and what it finds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from detection.types import Image, ScorePart, Track

Sense = Literal["pose", "audio", "scene"]
State = Literal["available", "missing model", "off", "slow", "failed"]
SENSES: tuple[Sense, ...] = ("pose", "audio", "scene")
ALONE = 0.75
"""A finding that scores so high is sure enough to alarm by itself; each sense sets its own limits to this mark."""


@dataclass(frozen=True, slots=True)
class SenseState:
    """How a sense of one camera stands.

    message says what is missing and what to do, model which weights it uses; dropped counts what it had no time for:
    people, pieces of sound, pictures.
    """

    sense: Sense
    state: State
    message: str = ""
    model: str = ""
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """What a sense may look at: one analysed frame.

    image: (height, width, 3), uint8, BGR, privacy masks burnt in; tracks: the objects seen in it; at_s: stream time in
    seconds, never falling; fresh: whether it was looked at for objects; moved: whether anything moves; learn: False
    while an event is open, so that what is unusual does not become usual by lasting.
    """

    image: Image
    tracks: tuple[Track, ...]
    at_s: float
    fresh: bool
    moved: bool = True
    learn: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Return (height, width) in pixels."""
        return (self.image.shape[0], self.image.shape[1])


@dataclass(frozen=True, slots=True)
class Finding:
    """What one sense says of a moment.

    score: 0–1, from ALONE on it would alarm by itself; kind: what it is ("fall", "scream"), "" for nothing; category:
    one of CATEGORIES where the sense knows it; confidence: 0–1; reason: one plain clause with its figures; details:
    what a machine may read, JSON values only.
    """

    sense: Sense
    score: float = 0.0
    kind: str = ""
    category: str | None = None
    confidence: float = 0.0
    reason: str = ""
    parts: tuple[ScorePart, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return what an event keeps of it, JSON values only."""
        return asdict(self)


def pack_findings(findings: tuple[Finding, ...]) -> bytes:
    """Return findings as bytes that unpack_findings reads back exactly; none for none."""
    return json.dumps([finding.facts() for finding in findings], separators=(",", ":")).encode() if findings else b""


def unpack_findings(data: bytes) -> tuple[Finding, ...]:
    """Return what pack_findings wrote; raises ValueError or TypeError for anything else."""
    found = json.loads(data) if data else []
    return tuple(Finding(**{**facts, "parts": tuple(ScorePart(**part) for part in facts["parts"])}) for facts in found)
