"""Say in words what a fused score means: the scorer's own words, led or followed by those of the senses."""

from __future__ import annotations

from collections.abc import Sequence

from detection.events import explain
from detection.fuse import Fused
from detection.senses import ALONE, Finding

GRAVE = frozenset({"medical emergency", "violence/aggression", "fire hazard", "evacuation needed", "structural damage"})
"""What a sense names with one of these is HIGH when it alarms alone."""
PLAIN, SURE = 2, 3
CLAUSES = ("it is", "somebody")
"""What is heard is told as a thing ("a scream"), unless it begins so."""
WORTH = 0.4
"""A finding under this share of an alarm is no second reason worth reading."""
MAX_REASON = 300
CORROBORATES = 0.3
"""Full support by one more source takes away this share of what confidence lacks to 1."""
MAX_CONFIDENCE = 0.99


HEADLINES: dict[str, str] = {
    "fall": "A person fell",
    "lying": "Somebody lies on the ground",
    "raised hands": "Somebody holds up both hands",
    "crouch": "Somebody crouches",
    "crawl": "Somebody crawls",
    "aggression": "People strike out at each other",
    "wrist speed": "Somebody moves the hands fast",
    "head movement": "Somebody moves the head fast",
    "torso change": "Somebody turns abruptly",
    "scream": "A scream was heard",
    "gunshot": "A gunshot was heard",
    "explosion": "An explosion was heard",
    "glass": "Breaking glass was heard",
    "siren": "A siren was heard",
    "alarm": "An alarm was heard",
    "loud": "It is suddenly loud",
    "distress": "Words of distress were heard",
    "threat": "A threat was heard",
    "medical": "A call for medical help was heard",
}
"""What happened in short, before the sentence with names and figures; other kinds' sentences are short enough."""


def category_of(kind: str, fused: Fused) -> str:
    """Return one of CATEGORIES: of the sense that leads, else of what the scorer says mainly happened."""
    leading = fused.leading
    return leading.category if leading is not None and leading.category else explain.category_of(kind)


def severity_of(kind: str, tags: Sequence[str], peak_score: float, threshold: float, fused: Fused) -> int:
    """Return the severity, 1 to explain.MAX_SEVERITY; a grave thing that a sense is sure of is HIGH."""
    leading = fused.leading
    if leading is None:
        return explain.severity_of(kind, tags, peak_score, threshold)
    grave = leading.category in GRAVE and (leading.score >= ALONE or fused.agreement > 1)
    level = SURE if grave or fused.alone else PLAIN
    return min(explain.MAX_SEVERITY, level)


def confidence_of(peak_score: float, threshold: float, fused: Fused) -> float:
    """Return how sure the alarm is, 0–1; every source that agrees makes it surer."""
    leading = fused.leading
    sure = explain.confidence_of(peak_score, threshold) if leading is None else leading.confidence
    if fused.supported > 0.0:
        sure = 1.0 - (1.0 - sure) * (1.0 - CORROBORATES) ** fused.supported
    return min(MAX_CONFIDENCE, max(0.0, sure))


def reason_of(kind: str, tags: Sequence[str], fused: Fused) -> str:
    """Return why, at most MAX_REASON characters: what leads first, then what agrees with it."""
    own = [part for part in fused.parts if explain.is_own(part)]
    leading = fused.leading
    first = explain.reason_of(kind, own, tags) if leading is None else _headed(leading)
    spoken = leading.sense if leading is not None else None
    others = [f for f in fused.findings if f.sense != spoken and f.reason and f.score >= WORTH * ALONE]
    more = [_sentence(finding) for finding in sorted(others, key=lambda finding: -finding.score)]
    if leading is not None and fused.shares.get("normality", 0.0) > 0.0 and own and fused.supported > 0.0:
        more.append(explain.reason_of(kind, own, tags))
    reason = first
    for sentence in more:
        if len(reason) + 1 + len(sentence) > MAX_REASON:
            break
        reason = f"{reason} {sentence}"
    return reason if len(reason) <= MAX_REASON else reason[: MAX_REASON - 1] + "…"


def _headed(finding: Finding) -> str:
    """Return what happened as a first sentence, and the figures after it."""
    head = HEADLINES.get(finding.kind)
    if head is None:
        return _sentence(finding)
    if finding.sense == "audio" and not finding.reason.startswith(CLAUSES):
        return f"{head}. {finding.confidence:.0%} sure."
    return f"{head}. {_sentence(finding)}"


def _sentence(finding: Finding) -> str:
    """Return a finding's reason as a sentence that says which sense speaks."""
    text = finding.reason.strip().rstrip(".")
    if finding.sense == "audio" and not text.startswith(CLAUSES):
        text = f"heard {text}"
    return f"{text[:1].upper()}{text[1:]}."
