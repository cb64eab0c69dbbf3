"""Train the boosted trees on labelled footage, and judge them on footage they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from detection.detect.base import Detector
from detection.score.base import reading_of
from detection.score.learned.boosted import KIND, MODEL_FILE, WARM_UP_S
from detection.score.learned.columns import COLUMN_SETS, FEATURE_ORDER, VALUES, SceneColumns
from detection.score.learned.flow import PeopleFlow
from detection.score.learned.folder import ModelFolder, save_model
from detection.score.learned.smoothing import MovingMean
from training.errors import TrainingError
from training.labels import LabelledClip, blocks
from training.progress import OnProgress, silent
from training.report import Judged, figures_of, report_files
from training.scenes import scenes_of

ROUNDS = 200
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 7,
    "min_data_in_leaf": 40,
    "learning_rate": 0.03,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
"""Small trees that each see a third of the columns: labelled footage is little, and its frames are alike."""
FEW_ROWS = 400


@dataclass(frozen=True, slots=True)
class BoostedSettings:
    """How to train: fps analysed frames a second, columns a key of COLUMN_SETS, folds blocks of neighbouring clips."""

    fps: float = 5.0
    columns: str = "all"
    folds: int = 6
    smooth_s: float = 2.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ClipRows:
    """The rows of one clip that lie in a span.

    rows: (n, len(FEATURE_ORDER)); at_s: (n,); span: (n,), the index of each row's span; positive: (n,).
    """

    rows: NDArray[np.float64]
    at_s: NDArray[np.float64]
    span: NDArray[np.int64]
    positive: NDArray[np.bool_]

    @property
    def weight(self) -> NDArray[np.float64]:
        """Return (n,) weights by which each span counts the same, however long it is."""
        return np.asarray(1.0 / np.bincount(self.span)[self.span]) if len(self.span) else np.zeros(0)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what it reached on clips outside its training: judged by "spans" and by "frames"."""

    folder: ModelFolder
    judged: dict[str, Judged] = field(default_factory=dict)


def train_boosted(
    clips: Sequence[LabelledClip],
    detector: Detector,
    out: Path,
    settings: BoostedSettings = BoostedSettings(),
    on_progress: OnProgress = silent,
) -> Trained:
    """Train on all clips, judge by leaving blocks out, and write the model folder with its report.

    Raises TrainingError when the material does not suffice.
    """
    parts = blocks(clips, settings.folds)
    data = []
    for done, clip in enumerate(clips):
        on_progress("Looking at the clips", done / len(clips))
        data.append(rows_of(clip, detector, settings.fps))
    on_progress("Looking at the clips", 1.0)
    names = COLUMN_SETS[settings.columns]
    columns = np.array([FEATURE_ORDER.index(name) for name in names])
    judged = cross_validate(data, parts, columns, settings, on_progress)
    booster = fit(data, columns, names, settings.seed)
    figures = {level: figures_of(j) for level, j in judged.items()}
    positive = sum(clip.positive for clip in clips)
    how = (
        f"Judged on clips outside the training, {settings.folds} blocks of neighbouring clips left out in turn: "
        f"{len(clips) - positive} normal and {positive} other clips, {settings.fps:g} frames a second, detector "
        f"{detector.name}, columns '{settings.columns}'. The threshold is that of the highest F1 on the same scores."
    )
    facts = {
        "feature_order": list(names),
        "usual": usual_ranges(data),
        "threshold": figures["frames"]["threshold"],
        "smooth_s": settings.smooth_s,
        "metrics": figures,
        "trained_on": {"clips": len(clips), "positive_clips": positive, "fps": settings.fps, "seed": settings.seed,
                       "frames": sum(len(d.rows) for d in data),
                       "detector": {"name": detector.name, "version": detector.version}},
    }  # fmt: skip
    report = report_files(f"Boosted trees: {out.name}", how, judged, {})
    model = booster.model_to_string().encode("utf-8")
    return Trained(save_model(out, KIND, MODEL_FILE, model, facts, report), judged)


def rows_of(clip: LabelledClip, detector: Detector, fps: float) -> ClipRows:
    """Return the rows of the labelled frames of one clip; frames before a span still count in its history."""
    columns, flow = SceneColumns(), PeopleFlow()
    rows, times, spans = [], [], []
    for scene in scenes_of(clip.clip, detector, fps):
        row, span = columns.row(reading_of(flow, scene)), clip.span_at(scene.at_s)
        if span is not None and scene.at_s >= WARM_UP_S:
            rows.append(row)
            times.append(scene.at_s)
            spans.append(span)
    if not rows:
        raise TrainingError(f"The clip '{clip.clip.path}' has no frame {WARM_UP_S:g} s after its start within a span.")
    index = np.array(spans, np.int64)
    return ClipRows(np.stack(rows), np.array(times), index, np.array([s.positive for s in clip.spans])[index])


def fit(data: Sequence[ClipRows], columns: NDArray[np.int64], names: Sequence[str], seed: int) -> lightgbm.Booster:
    """Return trees trained on the chosen columns; raises TrainingError when one of the labels is missing."""
    rows = np.concatenate([d.rows for d in data])[:, columns]
    positive = np.concatenate([d.positive for d in data])
    weight = np.concatenate([d.weight for d in data])
    if positive.all() or not positive.any():
        raise TrainingError("The material has only one label: give spans that are normal and spans that are not.")
    least = min(int(PARAMETERS["min_data_in_leaf"]), max(1, len(rows) // 10)) if len(rows) < FEW_ROWS else None
    parameters = {**PARAMETERS, "seed": seed, **({"min_data_in_leaf": least} if least else {})}
    material = lightgbm.Dataset(
        rows, positive.astype(np.float64), weight=weight / weight.mean(), feature_name=list(names)
    )
    return lightgbm.train(parameters, material, num_boost_round=ROUNDS)


def cross_validate(
    data: Sequence[ClipRows],
    parts: Sequence[Sequence[int]],
    columns: NDArray[np.int64],
    settings: BoostedSettings,
    on_progress: OnProgress = silent,
) -> dict[str, Judged]:
    """Return the scores of each block by trees trained on the others, by spans and by frames.

    Frames are smoothed as at run time; a span scores the mean of its frames before that.
    """
    names = [FEATURE_ORDER[i] for i in columns]
    frames, spans = [], []
    for done, held_out in enumerate(parts):
        on_progress("Judging on clips left out", done / len(parts))
        booster = fit([d for i, d in enumerate(data) if i not in held_out], columns, names, settings.seed)
        for i in held_out:
            d = data[i]
            raw = np.asarray(booster.predict(d.rows[:, columns], num_threads=1), np.float64)
            smooth = MovingMean(settings.smooth_s)
            score = np.array([smooth.add(float(v), float(t)) for v, t in zip(raw, d.at_s, strict=True)])
            frames.append(Judged(d.positive, score))
            for span in np.unique(d.span):
                mine = d.span == span
                spans.append(Judged(d.positive[mine][:1], raw[mine].mean(keepdims=True)))
    on_progress("Judging on clips left out", 1.0)
    return {"spans": _joined(spans), "frames": _joined(frames)}


def usual_ranges(data: Sequence[ClipRows]) -> list[list[float]]:
    """Return the 5th and 95th percentile of each of VALUES on the normal frames."""
    normal = np.concatenate([d.rows[~d.positive][:, : len(VALUES)] for d in data])
    return [[float(low), float(high)] for low, high in np.percentile(normal, [5, 95], axis=0).T]


def _joined(parts: Sequence[Judged]) -> Judged:
    return Judged(np.concatenate([p.positive for p in parts]), np.concatenate([p.score for p in parts]))
