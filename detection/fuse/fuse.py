"""Fuse one frame's scores: a sure sense fires alone, unsure ones corroborate each other.

Everything is brought to the scale of the camera's threshold, which may have been calibrated: a sense that is just sure
enough to alarm alone lands on it exactly, one that is not stays below. Where no sense says anything, the scorer's score
goes through untouched, so that what was calibrated on it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from types import MappingProxyType
from typing import Any

from detection.senses import ALONE, Finding
from detection.types import FrameScore, ScorePart

NOTHING, CERTAIN = 0.4, 1.0
"""What a source says supports others from the first of these shares of the threshold on, and fully at the second."""
SUPPORT = 0.4
"""One source that supports fully raises the strongest one's score by this share."""
REFUSAL, LEAST_TRUST = 0.05, 0.8
"""Each time that people refuse what a sense raised alone, it counts for so much less, but never for less than that: a
fall that lasts still alarms."""
NEVER: Mapping[str, int] = MappingProxyType({})
DECIDES = 0.6
"""A sense that says so much, as a share of the threshold, names the category, though the scorer be stronger."""


@dataclass(frozen=True, slots=True)
class Fused:
    """One frame's fused score.

    value: 0–1, on the scorer's scale; sure: the value of the surest sense that alarms alone, 0 when none does; alone:
    the kind of what it is ("fall"), "" when none does; agreement: independent sources that find the frame unusual;
    leading: the finding that names the category and the reason, None when the scorer does; parts: the reasons of all
    sources, shares adding up to 1; findings: what went in.
    """

    value: float
    agreement: int
    parts: tuple[ScorePart, ...] = ()
    sure: float = 0.0
    alone: str = ""
    leading: Finding | None = None
    supported: float = 0.0
    findings: tuple[Finding, ...] = ()
    normality: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)

    def components(self) -> dict[str, Any]:
        """Return what an event keeps: what each sense said, and how it was fused; JSON values only."""
        said: dict[str, Any] = {finding.sense: finding.facts() for finding in self.findings}
        said["fusion"] = {
            "score": self.value,
            "normality": self.normality,
            "agreement": self.agreement,
            "alone": self.alone,
            "shares": self.shares,
        }
        return said


def fuse(
    score: FrameScore,
    findings: Sequence[Finding],
    threshold: float,
    alone_at: float = ALONE,
    refused: Mapping[str, int] = NEVER,
) -> Fused:
    """Return one frame's fused score.

    threshold: of the camera's events, over 0 and at most 1; alone_at: score from which a sense alarms alone; refused:
    how often people refused a kind of finding at this camera: it must be surer then. A finding whose score is not a
    finite number says nothing.
    """
    heard = [finding for finding in findings if isfinite(finding.score) and finding.score > 0.0]
    told = tuple(replace(f, score=f.score * _trust(refused.get(f.kind, 0))) for f in heard)
    if not told:
        return Fused(score.value, score.agreement, score.parts, findings=tuple(findings), normality=score.value)
    own = score.value if isfinite(score.value) else 0.0  # a scorer that gives no number must not silence the senses
    values: dict[str, float] = {"normality": own}
    for finding in told:
        values[finding.sense] = on_scale(finding.score, threshold, alone_at)
    support = {source: _support(value / threshold) for source, value in values.items()}
    strongest = max(values, key=lambda source: values[source])
    supported = sum(support.values()) - support[strongest]
    value = min(1.0, values[strongest] * (1.0 + SUPPORT * supported))
    sure = max(told, key=lambda finding: (finding.score, finding.confidence))
    alarms = sure.score >= alone_at
    leading = _leading(told, values, strongest, threshold)
    # The scorer tells its own parts apart; it counts as many as it says, where it says enough.
    senses = sum(support[finding.sense] > 0.0 for finding in told)
    agreement = max(1, senses + (score.agreement if support["normality"] > 0.0 else 0))
    total = sum(values.values())
    shares = {source: round(each / total, 4) for source, each in values.items()}
    return Fused(
        value=value,
        agreement=agreement,
        parts=_parts(score, told, {source: each / total for source, each in values.items()}),
        sure=values[sure.sense] if alarms else 0.0,
        alone=sure.kind if alarms else "",
        leading=leading,
        supported=supported,
        findings=tuple(findings),
        normality=own,
        shares=shares,
    )


def on_scale(score: float, threshold: float, alone_at: float = ALONE) -> float:
    """Return a sense's score on the scale of a camera's threshold: alone_at lands on the threshold, 1 on 1."""
    score = min(1.0, max(0.0, score))
    if score < alone_at or alone_at >= 1.0:
        return threshold * min(1.0, score / alone_at)
    return threshold + (1.0 - threshold) * (score - alone_at) / (1.0 - alone_at)


def _trust(refusals: int) -> float:
    return max(LEAST_TRUST, 1.0 - REFUSAL * refusals)


def _support(ratio: float) -> float:
    return min(1.0, max(0.0, (ratio - NOTHING) / (CERTAIN - NOTHING)))


def _leading(told: Sequence[Finding], values: dict[str, float], strongest: str, threshold: float) -> Finding | None:
    """Return the finding that names what happened: the strongest that says enough and knows a category."""
    known = [f for f in told if f.category and (f.sense == strongest or values[f.sense] >= DECIDES * threshold)]
    return max(known, key=lambda finding: (values[finding.sense], finding.confidence), default=None)


def _parts(score: FrameScore, told: Sequence[Finding], shares: dict[str, float]) -> tuple[ScorePart, ...]:
    """Return the parts of all sources, the largest share first."""
    parts = [_scaled(part, shares["normality"]) for part in score.parts]
    for finding in told:
        whole = sum(part.share for part in finding.parts)
        if whole > 0.0:
            parts += [_scaled(part, shares[finding.sense] / whole) for part in finding.parts]
    return tuple(sorted(parts, key=lambda part: -part.share))


def _scaled(part: ScorePart, by: float) -> ScorePart:
    return ScorePart(part.name, part.value, part.usual_low, part.usual_high, part.deviation, part.share * by)
