"""Learn from a camera's chapters: what is normal, and how high each sense goes on normal footage held out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.score.living.chapters import Chapter
from detection.score.living.hours import FAMILY_NAMES, FamilyMeans, Floats, Means, usual_of
from detection.score.living.moments import Moment, unpack
from detection.score.normality.model import NormalityError
from detection.score.normality.parts import PARTS as OBJECT_PARTS
from detection.score.normality.parts import Measured
from detection.score.normality.scale import SMOOTH_S, TOP_PERCENTILE, combine, judge
from detection.score.normality.state import LearnedState, Meta, train_and_hold_out
from detection.score.robust import part_deviations

SENSES = (*OBJECT_PARTS, *FAMILY_NAMES, "recent")
"""What is judged, in the order of every vector of deviations: the objects' parts, the families of the 24 features at
this hour of the week, and the last ten minutes."""
OBJECTS = slice(0, len(OBJECT_PARTS))
FAMILIES_AT = slice(len(OBJECT_PARTS), len(OBJECT_PARTS) + len(FAMILY_NAMES))
FOLDS = 5
"""Chapters are held out in so many groups: the time that learning takes does not grow with their number."""
DOUBT_S = 60.0
"""The top of little footage is too low: it is taken for higher by this over the seconds seen."""
HIGH_PERCENTILE = 95.0


def object_means() -> Means:
    """Return the running means of the objects' parts, as NormalityScorer's score has them."""
    return Means(np.full(len(OBJECT_PARTS), SMOOTH_S))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from at one moment: chapters, seconds of footage, picture diagonal (px), embedder's version."""

    chapters: tuple[Chapter, ...]
    learned_s: float
    diagonal: float
    embedder: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What one learning gave.

    doubt: by how much the objects and the families count less, for want of footage; the last ten minutes' view, which
    does not depend on it, counts in full from the first day.

    state: normality of the objects, None where too little passes; family_top, recent_top, whole_top: the highest of
    each feature family, (families,), of the last ten minutes' view, and of all senses together on held-out footage, at
    least 1; high: the 95th percentile of the latter, a share of its top; footage: the features of all its frames,
    (n, 24).
    """

    state: LearnedState | None
    doubt: float
    family_top: Floats
    recent_top: float
    whole_top: float
    high: float
    footage: Floats

    @property
    def version(self) -> str:
        """Return 12 digits of a SHA-256 over everything that decides a score."""
        digest = hashlib.sha256((self.state.meta.digest if self.state else "frames alone").encode())
        numbers = np.array([self.doubt, *self.family_top, self.recent_top, self.whole_top])
        digest.update(numbers.tobytes() + np.ascontiguousarray(self.footage).tobytes())
        return digest.hexdigest()[:12]


def learn_from(lesson: Lesson) -> Learned:
    """Return what the chapters teach; every chapter is judged by what the others teach.

    Raises NormalityError for fewer than two chapters.
    """
    chapters = [unpack(chapter.moments) for chapter in lesson.chapters]
    if len(chapters) < 2:
        raise NormalityError("At least two pieces of footage are needed: one is held out to see how the other scores.")
    count = min(FOLDS, len(chapters))
    folds = [[m for chapter in chapters[i::count] for m in chapter] for i in range(count)]
    state, objects = _objects(folds, lesson)
    families = [
        _families(fold, [m for other in folds if other is not fold for m in other], lesson.diagonal) for fold in folds
    ]
    family_top = np.maximum(1.0, np.percentile(np.concatenate(families), TOP_PERCENTILE, axis=0))
    recents = [np.array([m.recent for m in fold]) for fold in folds]
    recent_top = max(1.0, float(np.percentile(np.concatenate(recents), TOP_PERCENTILE)))
    doubt = 1.0 + DOUBT_S / max(1.0, lesson.learned_s)
    columns = [np.concatenate(objects) / doubt, np.concatenate(families) / (family_top * doubt)]
    wholes = [combine(row) for row in np.column_stack([*columns, np.concatenate(recents) / recent_top])]
    whole_top = max(1.0, float(np.percentile(wholes, TOP_PERCENTILE)))
    return Learned(
        state=state,
        doubt=doubt,
        family_top=family_top,
        recent_top=recent_top,
        whole_top=whole_top,
        high=float(np.percentile(wholes, HIGH_PERCENTILE)) / whole_top,
        footage=np.array([m.values for chapter in chapters for m in chapter]),
    )


def _objects(folds: Sequence[Sequence[Moment]], lesson: Lesson) -> tuple[LearnedState | None, list[Floats]]:
    """Return the objects' normality, and each fold's held-out deviations, zeros where too little passes to learn it."""
    meta = Meta(("own footage",), round(lesson.learned_s, 3), "own", lesson.embedder)
    try:
        state, held_out = train_and_hold_out([[m.frame for m in fold] for fold in folds], meta)
    except NormalityError:
        return None, [np.zeros((len(fold), len(OBJECT_PARTS))) for fold in folds]
    return state, [_smoothed(fold, state, seen) for fold, seen in zip(folds, held_out, strict=True)]


def _smoothed(fold: Sequence[Moment], state: LearnedState, held_out: Sequence[Measured]) -> Floats:
    means = object_means()
    return np.array(
        [means.update(judge(seen, state.scale).deviations, m.at) for seen, m in zip(held_out, fold, strict=True)]
    )


def _families(fold: Sequence[Moment], others: Sequence[Moment], diagonal: float) -> Floats:
    deviations = part_deviations(
        np.array([m.values for m in fold]), usual_of(np.array([m.values for m in others])), diagonal
    )
    smooth = FamilyMeans()
    return np.array([smooth.update(row, m.at) for row, m in zip(deviations, fold, strict=True)])
