"""Calibrate trained models to one scale on normal footage, and save them as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from detection.detect.base import Detector
from detection.score.base import score_scene
from detection.score.learned.ensemble import KIND, MODEL_FILE, fisher
from detection.score.learned.folder import ModelError, ModelFolder, save_model
from detection.score.learned.registry import load_scorer
from detection.score.learned.tail import MIN_SAMPLES, Tail
from training.clips import Clip
from training.errors import TrainingError
from training.progress import OnProgress, silent
from training.scenes import scenes_of

THRESHOLD = 0.75


def train_ensemble(
    models: Sequence[Path],
    clips: Sequence[Clip],
    detector: Detector,
    out: Path,
    fps: float | None = None,
    on_progress: OnProgress = silent,
) -> ModelFolder:
    """Score normal footage with every model, fit each one's scale and that of their sum, and write them as one folder.

    The footage should be other than what the models were trained on, or they look surer than they are. Raises
    ModelError for a model that cannot be used, TrainingError for too little footage or models of one kind.
    """
    kinds = [load_scorer(model).name for model in models]
    if len(kinds) < 2 or len(set(kinds)) != len(kinds):
        raise TrainingError(
            f"An ensemble needs two models or more, each of another kind, not {', '.join(kinds) or 'none'}."
        )
    if KIND in kinds:
        raise ModelError("An ensemble cannot hold an ensemble: name its members.")
    scores: list[list[float]] = []
    for done, clip in enumerate(clips):
        on_progress("Scoring normal footage", done / len(clips))
        scorers = [load_scorer(model) for model in models]
        scores += [
            [score_scene(s, scene, learn=False).value for s in scorers] for scene in scenes_of(clip, detector, fps)
        ]
    on_progress("Scoring normal footage", 1.0)
    together = np.array(scores)
    if len(together) < MIN_SAMPLES:
        raise TrainingError(f"There are only {len(together)} frames of normal footage: {MIN_SAMPLES} are the least.")
    tails = [Tail.fit(column) for column in together.T]
    surprises = np.stack([tail.surprise(column) for tail, column in zip(tails, together.T, strict=True)], axis=1)
    members = [
        {"folder": f"members/{kind}", "version": load_scorer(model).version, "calibration": tail.as_json()}
        for kind, model, tail in zip(kinds, models, tails, strict=True)
    ]
    facts = {
        "threshold": THRESHOLD,
        "members": members,
        "calibration": Tail.fit([fisher(row) for row in surprises]).as_json(),
        "trained_on": {"clips": len(clips), "frames": len(together)},
    }
    files = {
        f"members/{kind}/{file.name}": file.read_bytes()
        for kind, model in zip(kinds, models, strict=True)
        for file in sorted(model.iterdir())
        if file.is_file()
    }
    listing = "".join(f"{entry['folder']} {entry['version']}\n" for entry in members)
    return save_model(out, KIND, MODEL_FILE, listing.encode(), facts, files)
