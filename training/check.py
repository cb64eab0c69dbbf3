"""Score footage with a trained scorer, as a camera would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detection.detect.base import Detector
from detection.score.base import Scorer, score_scene
from training.clips import Clip
from training.errors import TrainingError
from training.labels import LabelledClip
from training.progress import OnProgress, silent
from training.report import Judged
from training.scenes import scenes_of


def scores_of(
    clip: Clip, scorer: Scorer, detector: Detector, fps: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the times and the scores of a clip's frames, (n,) each; frames of a scorer's warm-up are left out."""
    answers = [(s.at_s, score_scene(scorer, s, learn=False)) for s in scenes_of(clip, detector, fps)]
    kept = [(at_s, score.value) for at_s, score in answers if not score.warming_up]
    return np.array([at_s for at_s, _ in kept]), np.array([value for _, value in kept])


def judge(
    clips: Sequence[LabelledClip],
    new_scorer: Callable[[], Scorer],
    detector: Detector,
    fps: float | None,
    on_progress: OnProgress = silent,
) -> Judged:
    """Return label and score of every labelled frame of all clips together (micro), each clip by a new scorer.

    Raises TrainingError when only one label is there.
    """
    positive, score = [], []
    for done, clip in enumerate(clips):
        on_progress("Judging on labelled clips", done / len(clips))
        for at_s, value in zip(*scores_of(clip.clip, new_scorer(), detector, fps), strict=True):
            span = clip.span_at(at_s)
            if span is not None:
                positive.append(clip.spans[span].positive)
                score.append(value)
    on_progress("Judging on labelled clips", 1.0)
    judged = Judged(np.array(positive, bool), np.array(score, np.float64))
    if not judged.both:
        raise TrainingError("The labelled clips show only one label: an ROC curve needs normal frames and others.")
    return judged
