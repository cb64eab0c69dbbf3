"""Judge one camera's view: what does it look like far more than usual here?"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from detection.scene.look import SceneLook, SceneLooker
from detection.scene.model import SceneModel
from detection.scene.normal import STRONG, WARM_UP, Normal, Reading
from detection.scene.prompts import Hazard, PromptSet
from detection.senses import ALONE, Finding, SenseState
from detection.types import Image, ScorePart

HOLD_S = 2.0
LONGEST_HOLD_S = 10.0
"""Where looks come more rarely, a finding holds until the next is due, but never longer."""
ROW_GAP_S = 30.0
"""Looks further apart are not in a row."""
HIGH, VERY, MOST = STRONG, 8.0, 12.0
"""Deviations in spreads: two looks in a row over HIGH say something, three over VERY alarm alone."""
LOW_SCORE, UNSURE_SCORE, MOST_SCORE = 0.45, 0.7, 0.85
NAMED = 3


@dataclass(frozen=True, slots=True)
class _Hazard:
    """One hazard at this camera: its normal, and the deviations of its last three looks in a row, the newest last."""

    hazard: Hazard
    normal: Normal
    row: deque[float]


class SceneStage:
    """Watch one camera's view. `look` may run in another thread than the rest; the rest is the camera's own thread's.

    The model and what the sentences mean to it are shared by the cameras of a process.
    """

    def __init__(self, model: SceneModel | None, prompts: PromptSet, missing: str = "") -> None:
        """Start with nothing known to be usual; missing says why there is no model."""
        self._model, self._missing = model, missing
        self._looker = None if model is None else SceneLooker(model, prompts)
        self._prompts = prompts
        self._hazards = [_new(hazard) for hazard in prompts.hazards]
        self._seen_at_s: float | None = None
        self._told = Finding("scene")
        self._told_at_s, self._hold_s = 0.0, HOLD_S

    @property
    def state(self) -> SenseState:
        """Return how looking at the scene stands."""
        if self._looker is None or self._model is None:
            return SenseState("scene", "missing model", self._missing)
        version = self._model.version
        if self._looker.failure:
            return SenseState("scene", "failed", self._looker.failure, version)
        looks = min(each.normal.looks for each in self._hazards)
        if looks < WARM_UP:
            return SenseState(
                "scene", "available", f"It learns what is usual here: {looks} of {WARM_UP} looks.", version
            )
        return SenseState("scene", "available", "", version)

    @property
    def latest(self) -> SceneLook | None:
        """Return the last look that succeeded."""
        return None if self._looker is None else self._looker.latest

    def due(self, at_s: float) -> bool:
        """Tell whether a picture of this stream time would be looked at."""
        return self._looker is not None and self._looker.due(at_s)

    def look(self, image: Image, at_s: float) -> SceneLook | None:
        """Return what is seen, at most once a second of stream time; None when none is due, or nothing works.

        image: (height, width, 3), uint8, BGR, of any size. Raises nothing: a model that fails is told in `state`, and
        tried again after growing pauses.
        """
        return None if self._looker is None else self._looker.look(image, at_s)

    def take(self) -> SceneLook | None:
        """Return the newest look that another thread made, once."""
        return None if self._looker is None else self._looker.take()

    def judge(self, look: SceneLook | None, at_s: float, learn: bool = True) -> Finding:
        """Return what is unusual about the view; without a new look, what was said last, for HOLD_S.

        at_s: stream time now, a little after the look's where it was made elsewhere; learn: False while an event is
        open, so that what is unusual does not become usual by lasting.
        """
        if look is not None and look.digest == self._prompts.digest:
            gap_s = look.at_s - self._seen_at_s if self._seen_at_s is not None else 0.0
            in_row = 0.0 <= gap_s <= ROW_GAP_S
            self._hold_s = min(LONGEST_HOLD_S, max(HOLD_S, gap_s + 1.0)) if in_row else HOLD_S
            self._seen_at_s, self._told_at_s = look.at_s, at_s
            self._told = self._judged(look, in_row, learn)
        elif not 0.0 <= at_s - self._told_at_s <= self._hold_s:
            self._told = Finding("scene")
        return self._told

    def set_prompts(self, prompts: PromptSet) -> None:
        """Compare with other sentences from now on; a hazard whose sentences stay keeps what is usual for it."""
        if prompts.digest == self._prompts.digest:
            return
        known = {(each.hazard.alarming, each.hazard.usual): each for each in self._hazards}
        kept = []
        for hazard in prompts.hazards:
            old = known.pop((hazard.alarming, hazard.usual), None)
            kept.append(_new(hazard) if old is None else _Hazard(hazard, old.normal, old.row))
        self._hazards, self._prompts, self._told = kept, prompts, Finding("scene")
        if self._looker is not None:
            self._looker.set_prompts(prompts)

    def _judged(self, look: SceneLook, in_row: bool, learn: bool) -> Finding:
        readings = []
        for each, contrast in zip(self._hazards, look.contrasts.tolist(), strict=True):
            reading = each.normal.judge(contrast, look.at_s, learn=learn)
            if not in_row:
                each.row.clear()
            each.row.append(0.0 if reading.lasting else reading.deviation)
            readings.append(reading)
        order = sorted(range(len(readings)), key=lambda i: (-readings[i].deviation, i))
        ready = [i for i in order if not readings[i].warming_up and isfinite(look.contrasts[i])]
        details = {
            "hazards": {
                self._hazards[i].hazard.name: {
                    "contrast": round(float(look.contrasts[i]), 4),
                    "deviation": round(readings[i].deviation, 2),
                }
                for i in ready[:NAMED]
            }
        }
        scores = {i: score_of(self._hazards[i].row) for i in ready}
        high = [i for i in ready if scores[i] > 0.0]
        if not high:
            return Finding("scene", details=details)
        top = max(high, key=lambda i: (scores[i], readings[i].deviation, -i))
        hazard = self._hazards[top].hazard
        return Finding(
            sense="scene",
            score=scores[top],
            kind=hazard.name,
            category=hazard.category,
            confidence=round(scores[top], 3),
            reason=self._reason(top, look, readings[top]),
            parts=self._parts(high[:NAMED], look, readings),
            details=details,
        )

    def _reason(self, top: int, look: SceneLook, reading: Reading) -> str:
        known = None if self._looker is None else self._looker.directions
        hazard = self._hazards[top].hazard
        same = known is not None and known.prompts.digest == look.digest
        sentence = known.nearest(top, look.embedding) if known is not None and same else hazard.alarming[0]
        return (
            f"the picture looks like “{sentence}” far more than usual here (contrast {look.contrasts[top]:.3f}, "
            f"usually {reading.usual_low:.3f} to {reading.usual_high:.3f}; {reading.deviation:.1f} spreads higher)"
        )

    def _parts(self, high: Sequence[int], look: SceneLook, readings: Sequence[Reading]) -> tuple[ScorePart, ...]:
        whole = sum(readings[i].deviation for i in high)
        return tuple(
            ScorePart(
                name=f"scene: {self._hazards[i].hazard.name}",
                value=float(look.contrasts[i]),
                usual_low=readings[i].usual_low,
                usual_high=readings[i].usual_high,
                deviation=readings[i].deviation,
                share=readings[i].deviation / whole,
            )
            for i in high
        )


def score_of(row: Sequence[float]) -> float:
    """Return the score, 0–0.85, of a hazard's deviations in the last looks in a row, the newest last.

    It is that of the weakest of the last two looks, below ALONE; of the weakest of three where all are very strong.
    """
    last = list(row)
    if len(last) >= 3 and (sure := min(last[-3:])) >= VERY:
        return ALONE + (MOST_SCORE - ALONE) * (min(sure, MOST) - VERY) / (MOST - VERY)
    if len(last) >= 2 and (weakest := min(last[-2:])) >= HIGH:
        return LOW_SCORE + (UNSURE_SCORE - LOW_SCORE) * (min(weakest, VERY) - HIGH) / (VERY - HIGH)
    return 0.0


def _new(hazard: Hazard) -> _Hazard:
    return _Hazard(hazard, Normal(), deque(maxlen=3))
