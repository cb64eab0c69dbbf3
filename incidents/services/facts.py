"""What the pipeline found, in the shapes that the database keeps."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from detection.types import EventUpdate, ScorePart
from incidents.services.wording import fitted, moment

REASON_CHARS = 300
SCORE_POINTS = 300
"""Points of the score lane that are kept: as many as it is pixels wide on a small screen."""


def peak_facts(update: EventUpdate) -> dict[str, Any]:
    """Return the columns of an event that follow its highest frame."""
    return {
        "peak_at": moment(update.peak_at),
        "peak_score": update.peak_score,
        "threshold": update.threshold,
        "confidence": update.confidence,
        "frame_count": update.frame_count,
        "category": update.category,
        "severity": update.severity,
        "reason": fitted(update.reason, REASON_CHARS),
        "tags": list(update.tags),
        # JSON has no word for infinity and NaN, and PostgreSQL refuses them.
        "parts": [dataclasses.asdict(part) for part in update.parts if _is_finite(part)],
        "features": {name: value if math.isfinite(value) else None for name, value in update.features.items()},
        "tier1_components": _finite(update.components),
    }


def score_lane(scores: Sequence[Sequence[float]]) -> list[list[float]]:
    """Thin [(seconds from the start, score 0–1), …] to at most SCORE_POINTS, keeping the highest of each stretch."""
    stride = max(1, math.ceil(len(scores) / SCORE_POINTS))
    stretches = (scores[start : start + stride] for start in range(0, len(scores), stride))
    highest = (max(stretch, key=lambda point: point[1]) for stretch in stretches)
    return [[round(at_s, 3), round(score, 4)] for at_s, score in highest]


def _finite(value: Any) -> Any:
    """Return JSON values with null in place of numbers that are none."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _is_finite(part: ScorePart) -> bool:
    """Tell whether a part says anything: one that was measured against nothing explains nothing."""
    return all(map(math.isfinite, (part.value, part.usual_low, part.usual_high, part.deviation, part.share)))
