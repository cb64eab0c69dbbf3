"""Judge one frame by all senses of a learned baseline, and say by which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.score.baseline import Baseline
from detection.score.living.hours import (
    FAMILY_NAMES,
    FamilyMeans,
    Floats,
    Hours,
    from_score,
    strongest_part,
)
from detection.score.living.learned import FAMILIES_AT, OBJECTS, SENSES, Learned, object_means
from detection.score.living.moments import Moment
from detection.score.living.taught import WORTH
from detection.score.normality.observe import Observation, Seen
from detection.score.normality.parts import PARTS as OBJECT_PARTS
from detection.score.normality.parts import Measure
from detection.score.normality.scale import NAMED_SHARE, judge
from detection.score.normality.voices import Voices
from detection.score.parts import PARTS
from detection.score.robust import part_deviations
from detection.types import FrameScore, ScorePart

RECENT = len(SENSES) - 1
MOTION = ("scene_motion", "object_speed")
"""Both measure the same flow: together they are one sense."""


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the senses say of one frame, before anything is excused.

    deviations: (senses,), 1 at the top of normal footage; raw: the parts of the most unusual object, or of the scene;
    each: the deviations of every object, (objects, parts); values, part_deviations: of the
    24 features; usual: what is usual of these now; recent: what the last ten minutes' view said; agreement: how many
    parts speak of one object or one place, within moments of each other.
    """

    frame: Observation
    deviations: Floats
    raw: Floats
    each: Floats
    values: Floats
    part_deviations: Floats
    usual: Baseline | None
    recent: FrameScore
    agreement: int = 0


def sensed_recently(frame: Observation, values: Floats, recent: FrameScore) -> Sensed:
    """Return what there is to say of a frame before anything was learned: the last ten minutes' view alone."""
    deviations = np.zeros(len(SENSES))
    deviations[RECENT] = from_score(recent.value)
    raw, each = np.full(len(OBJECT_PARTS), np.nan), np.zeros((len(frame.objects), len(OBJECT_PARTS)))
    return Sensed(frame, deviations, raw, each, values, np.zeros(len(PARTS)), None, recent)


class Senses:
    """Judge one camera's frames, in order of time, by what was learned. Not thread-safe."""

    def __init__(self, learned: Learned, hours: Hours, diagonal: float) -> None:
        self._learned = learned
        self._hours = hours
        self._diagonal = diagonal
        self._measure = Measure(learned.state.normality) if learned.state else None
        self._objects = object_means()
        self._voices = Voices()
        self._families = FamilyMeans()

    def look(self, frame: Observation, values: Floats, recent: FrameScore, hour_at: float) -> Sensed:
        """Return what the senses say of a frame; frame.at_s never falls, hour_at is its Unix time."""
        deviations, raw = np.zeros(len(SENSES)), np.full(len(OBJECT_PARTS), np.nan)
        each = np.zeros((len(frame.objects), len(OBJECT_PARTS)))
        agreement = 0
        if self._measure is not None and self._learned.state is not None:
            measured = self._measure.look(frame)
            judged = judge(measured, self._learned.state.scale, self._learned.doubt)
            raw, each = judged.raw, self._learned.state.scale.deviations(measured.objects) / self._learned.doubt
            deviations[OBJECTS] = self._objects.update(judged.deviations, frame.at_s)
            agreement = self._voices.agreement(judged, frame)
        usual = self._hours.usual(hour_at)
        parts = part_deviations(values, usual, self._diagonal)
        deviations[FAMILIES_AT] = self._families.update(parts, frame.at_s) / (
            self._learned.family_top * self._learned.doubt
        )
        deviations[RECENT] = from_score(recent.value) / self._learned.recent_top
        return Sensed(frame, deviations, raw, each, values, parts, usual, recent, agreement)

    def of_event(self, moments: Sequence[Moment]) -> Floats:
        """Return the deviations of an event's frames, (frames, senses): by what is known now, at least as high as then.

        What the last ten minutes were is not known any more; that part is as it was.
        """
        senses = Senses(self._learned, self._hours, self._diagonal)
        now = [senses.look(m.frame, m.values, FrameScore(0.0), m.at).deviations for m in moments]
        return np.asarray(np.maximum(np.array(now), np.array([m.deviations for m in moments])), np.float64)

    def culprits(self, sensed: Sensed) -> list[Seen]:
        """Return the objects that make a frame unusual: the most unusual one, and one that stays where others walk."""
        state, objects = self._learned.state, sensed.frame.objects
        if state is None or not objects:
            return []
        wholes = np.cbrt((sensed.each**3).sum(axis=1))
        # What was unusual may have left while its mean dies away: nobody who is still here is to blame.
        found = [objects[int(np.argmax(wholes))]] if wholes.max() >= WORTH else []
        if sensed.deviations[SENSES.index("stillness")] >= WORTH:
            found.append(
                min(objects, key=lambda seen: (seen.speed_px_s or 0.0) / state.normality.heights.at(seen.foot_y))
            )
        return found

    def explain(self, sensed: Sensed, deviations: Floats) -> tuple[ScorePart, ...]:
        """Return the named parts of what is left of a frame's deviations, (senses,), the largest share first."""
        cubes = deviations**3
        whole = float(cubes.sum())
        if whole <= 0.0:
            return ()
        named: dict[str, ScorePart] = {}
        for index in np.argsort(-deviations, kind="stable"):
            share = float(cubes[index]) / whole
            if share < NAMED_SHARE:
                break
            for part in self._parts(int(index), sensed, float(deviations[index]), share):
                before = named.get(part.name)
                named[part.name] = part if before is None else _joined(before, part)
        return tuple(sorted(named.values(), key=lambda p: (-p.share, p.name)))

    def _parts(self, index: int, sensed: Sensed, deviation: float, share: float) -> list[ScorePart]:
        if index == RECENT:
            return [
                ScorePart(p.name, p.value, p.usual_low, p.usual_high, deviation, share * p.share)
                for p in sensed.recent.parts
            ]
        if index < len(OBJECT_PARTS) and self._learned.state is not None:
            scale, name = self._learned.state.scale, OBJECT_PARTS[index]
            if np.isnan(sensed.raw[index]):
                return []  # its mean has not yet died away either
            low, high = float(scale.low[index]), float(scale.high[index])
            return [ScorePart(name, float(sensed.raw[index]), low, high, deviation, share)]
        part = strongest_part(FAMILY_NAMES[index - len(OBJECT_PARTS)], sensed.part_deviations)
        if sensed.usual is None or np.isnan(sensed.values[part]):
            return []  # the family's mean has not yet died away, and this frame shows nothing of it
        low, high = float(sensed.usual.low[part]), float(sensed.usual.high[part])
        return [ScorePart(PARTS[part].name, float(sensed.values[part]), low, high, deviation, share)]


def agreement_of(deviations: Floats) -> int:
    """Return how many independent senses are over their own top: motion, class, shape, look, the hour, the recent."""
    over = dict(zip(SENSES, deviations >= 1.0, strict=True))
    alone = [name for name in OBJECT_PARTS if name not in MOTION]
    groups = [any(over[name] for name in MOTION), *(over[name] for name in alone)]
    groups += [any(over[name] for name in FAMILY_NAMES), over["recent"]]
    return int(sum(groups))


def _joined(one: ScorePart, other: ScorePart) -> ScorePart:
    """Return a part that two senses name: the stronger's figures, both shares."""
    strong = one if one.deviation >= other.deviation else other
    share = one.share + other.share
    return ScorePart(strong.name, strong.value, strong.usual_low, strong.usual_high, strong.deviation, share)
