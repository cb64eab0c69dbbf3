"""Measure a scorer on a public benchmark; needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
from django.core.management.base import BaseCommand, CommandError

from detection.detect.base import Detector, DetectorError
from detection.detect.registry import load_detector
from detection.evaluate.baseline import evaluate
from detection.evaluate.figures import Evaluation
from detection.evaluate.others import evaluate_other, read_clips
from detection.evaluate.ped2 import FPS, Clip, DatasetError, labelled_clips, normal_clips
from detection.evaluate.watching import Told, watch
from detection.score.base import Scorer
from detection.score.learned import ModelError, load_scorer
from detection.score.normality import NormalityError
from detection.score.normality.appearance import Embedder
from detection.score.normality.state import Meta
from detection.score.robust import RobustScore


class Command(BaseCommand):
    """Train on a benchmark's normal clips, score its test clips, and print the figures with their protocol."""

    help = "Measure a scorer on UCSD Ped2: manage.py evaluate ped2 --data DIR [--test 07,08] [--json]"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("dataset", choices=("ped2",))
        parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds Train/ and Test/")
        parser.add_argument("--test", default="", metavar="07,08", help="test clips; all that are there when left out")
        parser.add_argument(
            "--scorer", default="baseline", help='"baseline" (default), "robust", or the folder of a trained model'
        )
        parser.add_argument("--detector", default="builtin", help='"builtin" or the path of an .onnx file')
        parser.add_argument("--embedder", type=Path, metavar="FILE", help="an .onnx file made by export_embedder")
        parser.add_argument("--threads", type=int, default=2, help="threads of each network (default 2)")
        parser.add_argument("--seed", type=int, default=0, help="draws what is remembered")
        parser.add_argument("--save", type=Path, metavar="FILE", help="keep what was learned, as one .npz")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Evaluate; faults of the data, the models or the footage end with a sentence."""
        cv2.setNumThreads(1)
        try:
            normal = normal_clips(options["data"])
            test = labelled_clips(options["data"], [name for name in options["test"].split(",") if name.strip()])
            detector = load_detector(options["detector"], threads=options["threads"])
            if options["scorer"] == "baseline":
                figures = self._baseline(normal, test, detector, options)
            else:
                figures = self._other(normal, test, detector, options)
        except (DatasetError, DetectorError, NormalityError, ModelError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(figures.as_json(), indent=2) if options["json"] else figures.as_text())

    def _baseline(
        self, normal: Sequence[Clip], test: Sequence[Clip], detector: Detector, options: dict[str, Any]
    ) -> Evaluation:
        embedder = Embedder(options["embedder"], threads=options["threads"]) if options["embedder"] else None
        meta = Meta(
            trained_on=tuple(clip.name for clip in normal),
            seconds=sum(len(clip.pictures) for clip in normal) / FPS,
            detector=f"{detector.name} {detector.version}",
            embedder=embedder.version if embedder else "",
            seed=options["seed"],
        )
        learned = watch(normal, detector, embedder, self._told("Training clips"))
        tested = watch(test, detector, embedder, self._told("Test clips"))
        state, figures = evaluate(learned, tested, FPS, meta)
        if options["save"] is not None:
            state.save(options["save"])
        return figures

    def _other(
        self, normal: Sequence[Clip], test: Sequence[Clip], detector: Detector, options: dict[str, Any]
    ) -> Evaluation:
        for setting in ("embedder", "save"):
            if options[setting] is not None:
                raise CommandError(f"--{setting} belongs to --scorer baseline.")
        name = options["scorer"]
        trained = name != RobustScore.name
        make: Callable[[], Scorer] = (lambda: load_scorer(Path(name))) if trained else RobustScore
        return evaluate_other(
            read_clips(normal, detector, make, self._told("Training clips")),
            read_clips(test, detector, make, self._told("Test clips")),
            FPS,
            make,
            f"{detector.name} {detector.version}",
            trained=trained,
        )

    def _told(self, what: str) -> Told:
        last = -1

        def told(done: int, total: int) -> None:
            nonlocal last
            percent = 100 * done // total
            if percent != last and sys.stderr.isatty():
                self.stderr.write(f"\r{what}: {percent} % of {total} frames", ending="\n" if done == total else "")
            last = percent

        return told
