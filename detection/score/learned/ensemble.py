"""Combine scorers of any kind: each brought to how rare its score is on this camera's normal footage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detection.score.base import Reading, Scene, Scorer, Seen
from detection.score.learned.folder import META, ModelError, read_model
from detection.score.learned.tail import Tail, score_of
from detection.types import FrameScore, ScorePart

KIND = "ensemble"
MODEL_FILE = "members.txt"


@dataclass(frozen=True, slots=True)
class Member:
    """One scorer and the distribution of its score on normal footage."""

    scorer: Scorer
    tail: Tail


def fisher(surprises: Sequence[float]) -> float:
    """Return Fisher's statistic in decades: the sum of −log10 of each tail probability (Fisher, 1925).

    Members that agree are not independent, so it is not read off a chi-squared table but calibrated again.
    """
    return float(sum(surprises))


class EnsembleScorer:
    """Score one camera by its members together. Not thread-safe.

    A part is a member: its score, its usual range, its rarity in decades, its share. A member that fails fails the
    whole, as a score of the others alone would mean something else; one that warms up does not count until it is done.
    """

    name = KIND

    def __init__(self, members: Sequence[Member], tail: Tail, version: str, threshold: float = 0.75) -> None:
        if len({m.scorer.name for m in members}) != len(members) or len(members) < 2:
            raise ModelError("An ensemble needs two members or more, each of another kind.")
        self._members = tuple(members)
        self._tail = tail
        self.version = version
        self.threshold = threshold

    @property
    def reads(self) -> str:
        """Return what tells the members' readings from others'."""
        return "+".join(f"{m.scorer.name}:{m.scorer.reads}" for m in self._members if m.scorer.reads)

    def read(self, scene: Scene) -> Seen:
        """Return what each member reads, under its name and a colon."""
        return {f"{m.scorer.name}:{key}": a for m in self._members for key, a in m.scorer.read(scene).items()}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame; members that learn online do. Raises what a member raises."""
        scores = [m.scorer.judge(_part_of(reading, m.scorer.name), learn=learn) for m in self._members]
        if all(s.warming_up for s in scores):
            return FrameScore(0.0, warming_up=True)
        surprises = [
            0.0 if s.warming_up else float(m.tail.surprise(s.value)) for m, s in zip(self._members, scores, strict=True)
        ]
        raw = fisher(surprises)
        parts = [
            ScorePart(m.scorer.name, s.value, *m.tail.usual, d, d / raw if raw > 0.0 else 0.0)
            for m, s, d in zip(self._members, scores, surprises, strict=True)
        ]
        order = np.argsort([-d for d in surprises], kind="stable")
        return FrameScore(score_of(float(self._tail.surprise(raw))), tuple(parts[i] for i in order))


def _part_of(reading: Reading, name: str) -> Reading:
    own = {key.removeprefix(f"{name}:"): a for key, a in reading.seen.items() if key.startswith(f"{name}:")}
    return replace(reading, seen=own)


def load_ensemble(path: Path, load_member: Callable[[Path], Scorer]) -> EnsembleScorer:
    """Return the ensemble in a model folder, its members in folders within; raises ModelError as they do."""
    folder = read_model(path, KIND)
    members = []
    for entry in folder.field("members"):
        scorer = load_member(path / str(entry["folder"]))
        if scorer.version != entry["version"]:
            raise ModelError(f"The member '{scorer.name}' of '{folder.name}' is version {scorer.version}, not the "
                             f"{entry['version']} that it was calibrated with. Train the ensemble again.")  # fmt: skip
        members.append(Member(scorer, _tail(folder.name, entry["calibration"])))
    tail = _tail(folder.name, folder.field("calibration"))
    return EnsembleScorer(members, tail, folder.version, float(folder.field("threshold")))


def _tail(model: str, facts: dict[str, object]) -> Tail:
    try:
        return Tail.from_json(facts)
    except ValueError as error:
        raise ModelError(f"The ensemble '{model}' cannot be used: {error} See its {META}.") from error
