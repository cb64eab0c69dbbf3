"""Learn one camera's normality from recorded normal footage, and keep it in one file."""

from __future__ import annotations

from pathlib import Path

from detection.detect.base import Detector
from detection.score.base import Reading, Scene
from detection.score.normality import NormalityError, NormalityScorer, Observation, Observer
from detection.score.normality.appearance import Embedder
from detection.score.normality.observe import observation_of
from detection.score.normality.state import LearnedState, Meta, train
from training.check import judge
from training.clips import Clip
from training.errors import TrainingError
from training.labels import read_labels
from training.progress import OnProgress, silent
from training.report import auc, losses_report, report_files, write_report
from training.scenes import scenes_of

STATE = "state.npz"
THRESHOLD = 0.75
"""The top of normal footage that was not learned from."""
LEAST_PIECES = 8
"""One recording is cut into so many pieces: each is judged by what the others teach."""


def train_baseline(
    clips: list[Clip],
    detector: Detector,
    out: Path,
    fps: float,
    embedder: Embedder | None = None,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> LearnedState:
    """Observe the clips, learn what is normal in them, and write it to `out`, an .npz file.

    Raises TrainingError when there is too little footage, or nothing moves in it.
    """
    pieces: list[list[Observation]] = []
    seconds = 0.0
    for done, clip in enumerate(clips):
        on_progress("Watching normal footage", done / len(clips))
        observer = Observer(embedder)
        frames = [_observed(observer, scene) for scene in scenes_of(clip, detector, fps)]
        seconds += frames[-1].at_s if frames else 0.0
        pieces += _pieces(frames, 1 if len(clips) >= LEAST_PIECES else -(-LEAST_PIECES // len(clips)))
    on_progress("Watching normal footage", 1.0)
    meta = Meta(
        trained_on=tuple(clip.name for clip in clips),
        seconds=round(seconds, 3),
        detector=f"{detector.name} {detector.version}",
        embedder=embedder.version if embedder else "",
        seed=seed,
    )
    try:
        state, _ = train(pieces, meta)
    except NormalityError as error:
        raise TrainingError(str(error)) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    state.save(out)
    return state


def report_baseline(
    state: LearnedState,
    check: Path | None,
    detector: Detector,
    folder: Path,
    fps: float,
    embedder: Embedder | None = None,
    on_progress: OnProgress = silent,
) -> str:
    """Judge a state on labelled clips, write the report into `folder`, and return a sentence about it.

    Raises TrainingError when the clips show one label only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    title = f"Baseline: {folder.name}"
    if check is None:
        write_report(folder, losses_report(title, []))
        return "Give labelled clips with --check for a ROC curve."
    judged = judge(read_labels(check), lambda: NormalityScorer(state, embedder), detector, fps, on_progress)
    how = (
        f"Judged on '{check.name}', all frames together, {fps:g} frames a second, detector {detector.name}; nothing "
        "was learned or chosen on these clips. The threshold is the top of normal footage that was held out."
    )
    write_report(folder, report_files(title, how, {"frames": judged}, {"frames": THRESHOLD}))
    return f"On '{check.name}': AUC {auc(judged):.3f} by frames."


def _observed(observer: Observer, scene: Scene) -> Observation:
    seen = observer.read(scene)
    return observation_of(
        Reading(scene.tracks, scene.features, scene.size, scene.at_s, scene.captured_at, scene.moved, seen)
    )


def _pieces(frames: list[Observation], count: int) -> list[list[Observation]]:
    """Return the frames in so many pieces of about the same length, in order; none empty."""
    size = max(1, -(-len(frames) // count))
    return [frames[start : start + size] for start in range(0, len(frames), size)]
