"""Say what the pose stage found: kinds, how unusual, how sure, and one reason in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from detection.pose.points import Pose
from detection.types import ScorePart

Kind = Literal[
    "fall", "lying", "raised hands", "crouch", "crawl", "aggression", "wrist speed", "head movement", "torso change"
]

CATEGORY: dict[Kind, str] = {
    "fall": "medical emergency",
    "lying": "medical emergency",
    "raised hands": "security threat",
    "crouch": "security threat",
    "crawl": "security threat",
    "aggression": "violence/aggression",
    "wrist speed": "violence/aggression",
    "head movement": "violence/aggression",
    "torso change": "medical emergency",
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One unusual thing about one person or two: value against limit in its own unit, score and confidence 0–1."""

    kind: Kind
    track_ids: tuple[int, ...]
    score: float
    confidence: float
    value: float
    limit: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class PoseFinding:
    """What one frame's poses tell.

    score: of the most unusual thing, 0–1, 0 when nothing is; parts: one per kind, the strongest first, shares adding up
    to 1; kinds in the same order; confidence: 0–1, of the first; category: one of the 12, or "" when nothing is
    unusual; reason: one sentence, or ""; poses: by track id, for the overlay; marked: the people meant.
    """

    score: float = 0.0
    parts: tuple[ScorePart, ...] = ()
    kinds: tuple[Kind, ...] = ()
    confidence: float = 0.0
    reason: str = ""
    category: str = ""
    poses: dict[int, Pose] = field(default_factory=dict)
    marked: frozenset[int] = frozenset()


def summarise(anomalies: Sequence[Anomaly], poses: dict[int, Pose]) -> PoseFinding:
    """Return the finding of one frame; the strongest anomaly of a kind stands for the kind."""
    ranked = sorted(anomalies, key=lambda a: (-a.score, a.kind, a.track_ids))
    first: dict[Kind, Anomaly] = {}
    for anomaly in ranked:
        first.setdefault(anomaly.kind, anomaly)
    if not first:
        return PoseFinding(poses=poses)
    total = sum(anomaly.score for anomaly in first.values())
    parts = tuple(
        ScorePart(f"pose: {a.kind}", a.value, 0.0, a.limit, a.value / a.limit if a.limit else a.value, a.score / total)
        for a in first.values()
    )
    top = ranked[0]
    return PoseFinding(
        score=top.score,
        parts=parts,
        kinds=tuple(first),
        confidence=top.confidence,
        reason=top.reason,
        category=CATEGORY[top.kind],
        poses=poses,
        marked=frozenset(key for anomaly in ranked for key in anomaly.track_ids),
    )
