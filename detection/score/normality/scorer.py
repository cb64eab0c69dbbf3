"""Score frames against a learned normality, with reasons."""

from __future__ import annotations

import numpy as np

from detection.score.base import Reading, Scene, Seen
from detection.score.normality.appearance import Embedder
from detection.score.normality.observe import Observation, Observer, observation_of
from detection.score.normality.parts import PARTS, Measure
from detection.score.normality.scale import NAMED_SHARE, judge
from detection.score.normality.state import LearnedState
from detection.score.normality.voices import Scoring
from detection.types import FrameScore, ScorePart


class NormalityScorer:
    """Score one camera's frames by a state that no longer changes. Not thread-safe.

    Raises NormalityError when the state remembers looks of another embedder, or looks and there is no embedder.
    """

    name = "baseline"

    def __init__(self, state: LearnedState, embedder: Embedder | None = None) -> None:
        state.check_embedder(embedder.version if embedder else "")
        self._take(state)
        self._observer = Observer(embedder)

    @classmethod
    def of_observed(cls, state: LearnedState) -> NormalityScorer:
        """Return a scorer for `judge` alone: its frames were observed elsewhere, with the state's embedder."""
        scorer = cls.__new__(cls)
        scorer._take(state)
        scorer._observer = Observer()
        return scorer

    def _take(self, state: LearnedState) -> None:
        self._scale = state.scale
        self._measure = Measure(state.normality)
        self._scoring = Scoring()
        self.version = state.meta.digest

    @property
    def reads(self) -> str:
        """Return what tells the observer's readings from others'."""
        return self._observer.reads

    def read(self, scene: Scene) -> Seen:
        """Return how objects and places move, and how objects look: see Observer.read."""
        return self._observer.read(scene)

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame and its named parts; nothing is learned, whatever `learn` says."""
        return self.judge_observed(observation_of(reading))

    def judge_observed(self, frame: Observation) -> FrameScore:
        """Return the score of one frame that was already observed."""
        judged = judge(self._measure.look(frame), self._scale)
        value, agreement = self._scoring.update(judged, frame)
        return FrameScore(value, self._explain(judged.raw, judged.deviations), agreement=agreement)

    def _explain(self, raw: np.ndarray, deviations: np.ndarray) -> tuple[ScorePart, ...]:
        whole = float((deviations**3).sum())
        order = [i for i in np.argsort(-deviations) if whole > 0 and deviations[i] ** 3 / whole >= NAMED_SHARE]
        return tuple(
            ScorePart(
                name=PARTS[i],
                value=float(raw[i]),
                usual_low=float(self._scale.low[i]),
                usual_high=float(self._scale.high[i]),
                deviation=float(deviations[i]),
                share=float(deviations[i]) ** 3 / whole,
            )
            for i in order
        )
