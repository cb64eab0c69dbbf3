"""Train a scorer from recorded footage; needs the extra `full`."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import cv2
from django.core.management.base import BaseCommand, CommandError

from detection.detect.base import Detector, DetectorError
from detection.detect.onnx import CONFIDENCE
from detection.detect.registry import load_detector
from detection.score.learned import ModelError, load_scorer

NEEDS_FULL = "Training needs the extra 'full' ({missing} is not installed): pip install '.[full]' -c constraints.txt."


class Command(BaseCommand):
    """Read footage, train, and write a model folder with its report; Ctrl-C leaves an earlier model as it was."""

    help = "Learn a baseline, train a scorer, autoencoder or attention, calibrate an ensemble; see docs/train.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line: one subcommand per kind of model."""
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        baseline = kinds.add_parser("baseline", help="what is normal for one camera, from its normal footage")
        baseline.add_argument("--embedder", type=Path, metavar="FILE", help="an .onnx file made by export_embedder")
        scorer = kinds.add_parser("scorer", help="boosted trees, from labelled spans")
        scorer.add_argument("--columns", choices=("all", "people-flow"), default="all")
        scorer.add_argument("--folds", type=int, default=6, help="blocks of neighbouring clips left out in turn")
        autoencoder = kinds.add_parser("autoencoder", help="reconstruction error, from normal footage")
        attention = kinds.add_parser("attention", help="what each object does next, from normal footage")
        ensemble = kinds.add_parser("ensemble", help="several models brought to one scale on normal footage")
        ensemble.add_argument("--models", type=Path, nargs="+", required=True, metavar="DIR")
        for kind in (baseline, scorer, autoencoder, attention, ensemble):
            kind.add_argument("--data", type=Path, required=True, metavar="PATH", help="the footage")
            kind.add_argument(
                "--out",
                type=Path,
                required=True,
                metavar="DIR",
                help="the model folder to write; for a baseline also FILE.npz",
            )
            kind.add_argument("--fps", type=float, default=5.0, help="frames a second to take (default 5)")
            kind.add_argument("--seed", type=int, default=0)
            kind.add_argument("--detector", default="builtin", help='"builtin" or the path of an .onnx file')
            kind.add_argument(
                "--confidence", type=float, default=CONFIDENCE, help="least confidence of an .onnx detector"
            )
            kind.add_argument(
                "--cache", type=Path, metavar="DIR", help="keep what an .onnx detector saw, for the next run"
            )
        for kind in (baseline, autoencoder, attention, ensemble):
            kind.add_argument("--check", type=Path, metavar="PATH", help="labelled footage for the ROC curve")
        for kind in (autoencoder, attention):
            kind.add_argument("--epochs", type=int)
            kind.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train what was asked for, and say where it lies and how well it does."""
        if not 0.1 <= options["fps"] <= 60.0:
            raise CommandError(f"--fps must be 0.1 to 60, not {options['fps']:g}.")
        if (options.get("epochs") or 1) < 1 or options.get("folds", 2) < 2:
            raise CommandError("--epochs must be 1 or more, and --folds 2 or more.")
        cv2.setNumThreads(1)
        runs = _training("runs")
        errors = _training("errors")
        progress = _training("progress").ProgressLines(self.stderr)
        detector = _detector(options)
        try:
            told = getattr(runs, f"run_{options['kind']}")(options, detector, load_scorer, progress)
        except (errors.TrainingError, ModelError, DetectorError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write the model to '{options['out']}': {error.strerror or error}.") from error
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped. What lies in '{options['out']}' is whole, or as it was before.", returncode=130
            ) from None
        self.stdout.write(told)


def _training(module: str) -> Any:
    try:
        return importlib.import_module(f"training.{module}")
    except ModuleNotFoundError as error:
        raise CommandError(NEEDS_FULL.format(missing=error.name)) from error


def _detector(options: dict[str, Any]) -> Detector:
    name = options["detector"]
    try:
        if not name.lower().endswith(".onnx"):
            if options["cache"] is not None:
                raise CommandError(
                    "--cache is for .onnx detectors: what the others see depends on the pictures before."
                )
            return load_detector(name)
        detector = load_detector(name, confidence=options["confidence"])
    except DetectorError as error:
        raise CommandError(str(error)) from error
    if options["cache"] is None:
        return detector
    remembered: Detector = _training("scenes").RememberedDetector(
        detector, options["cache"], f"-{options['confidence']:g}"
    )
    return remembered
