"""Run a training from the settings of the command line, report included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from detection.detect.base import Detector
from detection.score.base import Scorer
from detection.score.learned.folder import ModelFolder
from detection.score.normality.appearance import Embedder
from training.attention import AttentionSettings, train_attention
from training.autoencoder import AutoencoderSettings, train_autoencoder
from training.baseline import STATE, report_baseline, train_baseline
from training.boosted import BoostedSettings, train_boosted
from training.check import judge
from training.clips import find_clips
from training.ensemble import train_ensemble
from training.labels import read_labels
from training.progress import OnProgress
from training.report import auc, losses_report, report_files, write_report

Options = dict[str, Any]
Loader = Callable[[Path], Scorer]


def run_scorer(options: Options, detector: Detector, load: Loader, on_progress: OnProgress) -> str:
    """Train boosted trees; return a sentence that says where they lie and how well they do."""
    settings = BoostedSettings(
        fps=options["fps"], columns=options["columns"], folds=options["folds"], seed=options["seed"]
    )
    trained = train_boosted(read_labels(options["data"]), detector, options["out"], settings, on_progress)
    spans, frames = (trained.folder.meta["metrics"][level]["auc"] for level in ("spans", "frames"))
    told = f"Outside its training: AUC {spans:.3f} by spans, {frames:.3f} by frames."
    return f"{_where(trained.folder, options)} {told}"


def run_baseline(options: Options, detector: Detector, load: Loader, on_progress: OnProgress) -> str:
    """Learn normality; return a sentence as run_scorer does."""
    out: Path = options["out"]
    file, folder = (out, out.with_suffix("")) if out.suffix == ".npz" else (out / STATE, out)
    embedder = Embedder(options["embedder"]) if options["embedder"] else None
    clips, fps = find_clips(options["data"]), options["fps"]
    state = train_baseline(clips, detector, file, fps, embedder, options["seed"], on_progress)
    told = report_baseline(state, options["check"], detector, folder, fps, embedder, on_progress)
    return (
        f"Wrote what is normal, version {state.meta.digest}, learned from {state.meta.seconds:.0f} s, to '{file}', and "
        f"its report to '{folder}'. {told}"
    )


def run_autoencoder(options: Options, detector: Detector, load: Loader, on_progress: OnProgress) -> str:
    """Train an autoencoder; return a sentence as run_scorer does."""
    settings = AutoencoderSettings(
        fps=options["fps"], device=options["device"], seed=options["seed"], **_epochs(options)
    )
    folder = train_autoencoder(find_clips(options["data"]), options["out"], settings, on_progress)
    return _checked(folder, options, detector, load, on_progress)


def run_attention(options: Options, detector: Detector, load: Loader, on_progress: OnProgress) -> str:
    """Train attention over tracks; return a sentence as run_scorer does."""
    settings = AttentionSettings(fps=options["fps"], device=options["device"], seed=options["seed"], **_epochs(options))
    folder = train_attention(find_clips(options["data"]), detector, options["out"], settings, on_progress)
    return _checked(folder, options, detector, load, on_progress)


def run_ensemble(options: Options, detector: Detector, load: Loader, on_progress: OnProgress) -> str:
    """Calibrate an ensemble; return a sentence as run_scorer does."""
    clips = find_clips(options["data"])
    folder = train_ensemble(options["models"], clips, detector, options["out"], options["fps"], on_progress)
    return _checked(folder, options, detector, load, on_progress)


def _checked(folder: ModelFolder, options: Options, detector: Detector, load: Loader, on_progress: OnProgress) -> str:
    """Judge a model that is written on the clips of --check, and write its report beside it."""
    out, title = options["out"], f"{folder.kind.capitalize()}: {folder.name}"
    if options["check"] is None:
        write_report(out, losses_report(title, folder.meta.get("metrics", {}).get("loss_by_epoch", [])))
        return _where(folder, options)
    judged = judge(read_labels(options["check"]), lambda: load(out), detector, options["fps"], on_progress)
    how = (
        f"Judged on '{options['check'].name}', all frames together, {options['fps']:g} frames a second, detector "
        f"{detector.name}; nothing was trained or chosen on these clips. The threshold is the model's own."
    )
    write_report(out, report_files(title, how, {"frames": judged}, {"frames": float(folder.field("threshold"))}))
    return f"{_where(folder, options)} On '{options['check'].name}': AUC {auc(judged):.3f} by frames."


def _where(folder: ModelFolder, options: Options) -> str:
    return f"Wrote the {folder.kind} model, version {folder.version}, and its report to '{options['out']}'."


def _epochs(options: Options) -> dict[str, int]:
    return {} if options["epochs"] is None else {"epochs": options["epochs"]}
