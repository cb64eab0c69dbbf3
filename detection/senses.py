"""Say what every sense beside the object detector tells: how it stands, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from detection.types import ScorePart

Sense = Literal["pose", "audio", "scene"]
State = Literal["available", "missing model", "off", "slow", "failed"]


@dataclass(frozen=True, slots=True)
class SenseState:
    """How a sense of one camera stands; message says what is missing and what to do, model which weights it uses."""

    sense: Sense
    state: State
    message: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one sense says of a moment.

    score: 0–1, from 0.75 on it would alarm by itself; kind: what it is ("fall", "scream"), "" for nothing; category:
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
