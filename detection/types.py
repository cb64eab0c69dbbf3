"""What the stages of the pipeline hand to each other: frozen values, no behaviour, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""A picture: (height, width, 3), uint8, BGR."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the analysed picture."""

CATEGORIES = (
    "crowd control",
    "security threat",
    "medical emergency",
    "fire hazard",
    "structural damage",
    "weather emergency",
    "vehicle incident",
    "equipment failure",
    "unauthorized access",
    "violence/aggression",
    "stampede risk",
    "evacuation needed",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture.

    index counts the decoded pictures of one source from 0; at_s is stream time in seconds, monotonic over loops and
    reconnects; captured_at is the Unix time at which the picture left the decoder.
    """

    image: Image
    index: int
    at_s: float
    captured_at: float


@dataclass(frozen=True, slots=True)
class Detection:
    """One object seen in one frame, confidence 0–1, label a COCO class name or "moving object"."""

    box: Box
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Track:
    """One object over frames; velocity in pixels a second, age in analysed frames and in seconds.

    confidence: how sure the detector was of this very label over the last frames, 0–1.
    """

    track_id: int
    box: Box
    label: str
    confidence: float
    age_frames: int
    age_s: float
    velocity_px_s: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named reason of a score: the value seen, the usual range here, and its share of the score (0–1)."""

    name: str
    value: float
    usual_low: float
    usual_high: float
    deviation: float
    share: float


@dataclass(frozen=True, slots=True)
class FrameScore:
    """How unusual a frame is, 0–1, and why; while warming_up the value is 0.

    agreement: how many independent parts lie over what is normal for each, as far as the scorer tells them apart.
    """

    value: float
    parts: tuple[ScorePart, ...] = ()
    warming_up: bool = False
    agreement: int = 1


@dataclass(frozen=True, slots=True)
class EventUpdate:
    """What the event state machine says about one event: it opened, rose to a new peak, or closed.

    Times are Unix seconds. peak_* describe the highest frame so far; confidence is 0–1; severity 1–5; components: what
    each sense said then, and how it was fused, JSON values only.
    """

    kind: Literal["opened", "peak", "closed"]
    event_id: UUID
    started_at: float
    at: float
    peak_at: float
    peak_score: float
    threshold: float
    frame_count: int
    ended_at: float | None = None
    tags: tuple[str, ...] = ()
    category: str = "security threat"
    severity: int = 2
    confidence: float = 0.0
    reason: str = ""
    parts: tuple[ScorePart, ...] = ()
    features: dict[str, float] = field(default_factory=dict)
    components: dict[str, Any] = field(default_factory=dict)
