"""Evaluate the learned normality on a dataset of normal training clips and labelled test clips."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from detection.evaluate.figures import Evaluation
from detection.evaluate.metrics import macro_auc, micro_auc
from detection.evaluate.settings import Scored, rows_of
from detection.evaluate.watching import Watched
from detection.score.normality.parts import Measured
from detection.score.normality.scale import Scale, judge
from detection.score.normality.scorer import NormalityScorer
from detection.score.normality.state import LearnedState, Meta, train_and_hold_out
from detection.score.normality.voices import Scoring


def evaluate(
    normal: Sequence[Watched], test: Sequence[Watched], fps: float, meta: Meta
) -> tuple[LearnedState, Evaluation]:
    """Return what was learned, and the figures.

    `normal` are the training clips, `test` clips carry labels; fps is the clips' own rate. Raises ValueError for a test
    clip without labels, NormalityError for too few training clips.
    """
    state, held_out = train_and_hold_out([w.frames for w in normal], meta)
    quiet = [held_out_scores(measured, w, state.scale) for measured, w in zip(held_out, normal, strict=True)]
    labels, scored, took_s, cpu_s = [], [], 0.0, 0.0
    for watched in test:
        if watched.clip.labels is None:
            raise ValueError(f"The clip {watched.clip.name} has no labels.")
        scorer = NormalityScorer.of_observed(state)
        started, cpu = time.perf_counter(), time.process_time()
        answers = [scorer.judge_observed(frame) for frame in watched.frames]
        took_s += watched.took_s + time.perf_counter() - started
        cpu_s += watched.cpu_s + time.process_time() - cpu
        scored.append(Scored(np.array([a.value for a in answers]), np.array([a.agreement for a in answers], np.int64)))
        labels.append(watched.clip.labels)
    values, frames = [s.values for s in scored], sum(len(s.values) for s in scored)
    return state, Evaluation(
        scorer="baseline",
        version=state.meta.digest,
        detector=state.meta.detector,
        embedder=state.meta.embedder,
        trained_on=state.meta.trained_on,
        normal_is="held out: each training clip judged by what the others teach",
        micro=micro_auc(labels, values),
        macro=macro_auc(labels, values),
        test_frames=frames,
        fps=frames / took_s if took_s > 0 else 0.0,
        cpu_ms=cpu_s / max(1, frames) * 1e3,
        rows=rows_of(quiet, labels, scored, fps),
    )


def held_out_scores(measured: Sequence[Measured], watched: Watched, scale: Scale) -> Scored:
    """Return the scores of a training clip from what it measures against the other clips.

    The scale holds the clip's own parts among those of all the others; with 16 clips that moves it by little.
    """
    scoring = Scoring()
    scores = [scoring.update(judge(each, scale), f) for each, f in zip(measured, watched.frames, strict=True)]
    return Scored(np.array([value for value, _ in scores]), np.array([agreement for _, agreement in scores], np.int64))
