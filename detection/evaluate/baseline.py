"""Evaluate the learned normality on a dataset of normal training clips and labelled test clips."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from detection.evaluate.metrics import Scores, macro_auc, micro_auc
from detection.evaluate.spans import Outcome, outcome
from detection.evaluate.watching import Watched
from detection.events import PRESETS, EventSettings
from detection.score.normality.scale import Floats, Scale, Smooth, combine, to_score
from detection.score.normality.scorer import NormalityScorer
from detection.score.normality.state import LearnedState, Meta, train

DEFAULT = EventSettings(threshold=0.75, min_frames=3)
"""The setting an operator can bear: the lowest threshold, in steps of 0.05, at which no held-out training clip of Ped2
raises an event with any detector tried, and one frame more than the presets ask for."""

PROTOCOL = (
    "Frame level. Trained on the training clips alone, all normal; no label and no test statistic is used. "
    "Scores are causal: a frame is judged by itself and by what came before it in its clip. "
    "Micro AUC ranks the frames of all test clips together; macro AUC is the mean of the clips' own, and the two are "
    "never comparable. False events are counted on the training clips, each scored by what the others teach."
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one scorer with one detector.

    presets: for each setting (false events an hour on held-out training clips, outcome on the test clips); fps:
    analysed frames a second from decoded picture to score, over the test clips.
    """

    state: LearnedState
    micro: float | None
    macro: float | None
    test_frames: int
    fps: float
    cpu_ms: float
    presets: dict[str, tuple[Outcome, Outcome]]
    scores: dict[str, Scores]

    def as_json(self) -> dict[str, Any]:
        """Return the figures for a machine to read; AUCs 0–1."""
        return {
            "protocol": PROTOCOL,
            "scorer": "baseline",
            "trained": asdict(self.state.meta),
            "micro_auc": self.micro,
            "macro_auc": self.macro,
            "test_frames": self.test_frames,
            "fps": self.fps,
            "cpu_ms": self.cpu_ms,
            "settings": {
                name: {
                    "false_events_per_hour": normal.false_per_hour,
                    "false_events": normal.false_events,
                    "normal_s": normal.normal_s,
                    "events": test.spans,
                    "events_found": test.found,
                    "median_latency_s": test.median_latency_s,
                    "test_false_events": test.false_events,
                }
                for name, (normal, test) in self.presets.items()
            },
        }


def evaluate(normal: Sequence[Watched], test: Sequence[Watched], fps: float, meta: Meta) -> Evaluation:
    """Return the figures; `normal` are the training clips, `test` clips carry labels; fps is the clips' own rate.

    Raises ValueError for a test clip without labels, NormalityError for too few training clips.
    """
    state, held_out = train([w.frames for w in normal], meta)
    quiet = [held_out_scores(raw, w, state.scale) for raw, w in zip(held_out, normal, strict=True)]
    labels, scores, took_s, cpu_s = [], [], 0.0, 0.0
    for watched in test:
        if watched.clip.labels is None:
            raise ValueError(f"The clip {watched.clip.name} has no labels.")
        scorer = NormalityScorer.of_observed(state)
        started, cpu = time.perf_counter(), time.process_time()
        scores.append(np.array([scorer.judge(frame).value for frame in watched.frames]))
        took_s += watched.took_s + time.perf_counter() - started
        cpu_s += watched.cpu_s + time.process_time() - cpu
        labels.append(watched.clip.labels)
    none = [np.zeros(len(s), bool) for s in quiet]
    frames = sum(len(s) for s in scores)
    return Evaluation(
        state=state,
        micro=micro_auc(labels, scores),
        macro=macro_auc(labels, scores),
        test_frames=frames,
        fps=frames / took_s if took_s > 0 else 0.0,
        cpu_ms=cpu_s / max(1, frames) * 1e3,
        presets={
            name: (outcome(none, quiet, settings, fps), outcome(labels, scores, settings, fps))
            for name, settings in {**PRESETS, "default": DEFAULT}.items()
        },
        scores={w.clip.name: s for w, s in zip([*normal, *test], [*quiet, *scores], strict=True)},
    )


def held_out_scores(raw: Floats, watched: Watched, scale: Scale) -> Scores:
    """Return the scores of a training clip from its parts measured against the other clips, (frames,), 0–1.

    The scale holds the clip's own parts among those of all the others; with 16 clips that moves it by little.
    """
    smooth = Smooth()
    return np.array(
        [
            to_score(smooth.update(combine(scale.deviations(parts)), frame.at_s))
            for parts, frame in zip(raw, watched.frames, strict=True)
        ]
    )
