"""Measure a scorer on a public benchmark; needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
from django.core.management.base import BaseCommand, CommandError

from detection.detect.base import Detector, DetectorError
from detection.detect.onnx import OnnxDetector
from detection.detect.registry import load_detector
from detection.evaluate.baseline import PROTOCOL, Evaluation, evaluate
from detection.evaluate.ped2 import FPS, Clip, DatasetError, labelled_clips, normal_clips
from detection.evaluate.watching import Watched, watch
from detection.score.normality import NormalityError
from detection.score.normality.appearance import Embedder
from detection.score.normality.state import Meta

SCORERS = ("baseline",)


class Command(BaseCommand):
    """Train on a benchmark's normal clips, score its test clips, and print the figures with their protocol."""

    help = "Measure a scorer on UCSD Ped2: manage.py evaluate ped2 --data DIR [--test 07,08] [--json]"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("dataset", choices=("ped2",))
        parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds Train/ and Test/")
        parser.add_argument("--test", default="", metavar="07,08", help="test clips; all that are there when left out")
        parser.add_argument("--scorer", choices=SCORERS, default="baseline")
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
            figures = self._evaluate(options)
        except (DatasetError, DetectorError, NormalityError) as error:
            raise CommandError(str(error)) from error
        if options["save"] is not None:
            figures.state.save(options["save"])
        text = json.dumps(figures.as_json(), indent=2) if options["json"] else _table(figures)
        self.stdout.write(text)

    def _evaluate(self, options: dict[str, Any]) -> Evaluation:
        normal = normal_clips(options["data"])
        test = labelled_clips(options["data"], [name for name in options["test"].split(",") if name.strip()])
        detector = _detector(options["detector"], options["threads"])
        embedder = Embedder(options["embedder"], threads=options["threads"]) if options["embedder"] else None
        meta = Meta(
            trained_on=tuple(clip.name for clip in normal),
            seconds=sum(len(clip.pictures) for clip in normal) / FPS,
            detector=f"{detector.name} {detector.version}",
            embedder=embedder.version if embedder else "",
            seed=options["seed"],
        )
        learned = self._watch("Training clips", normal, detector, embedder)
        return evaluate(learned, self._watch("Test clips", test, detector, embedder), FPS, meta)

    def _watch(self, what: str, clips: Sequence[Clip], detector: Detector, embedder: Embedder | None) -> list[Watched]:
        last = -1

        def told(done: int, total: int) -> None:
            nonlocal last
            percent = 100 * done // total
            if percent != last and sys.stderr.isatty():
                self.stderr.write(f"\r{what}: {percent} % of {total} frames", ending="\n" if done == total else "")
            last = percent

        return watch(clips, detector, embedder, told)


def _detector(name: str, threads: int) -> Detector:
    """Return the detector, an ONNX one with its threads."""
    return OnnxDetector(Path(name), threads=threads) if name.endswith(".onnx") else load_detector(name)


def _table(figures: Evaluation) -> str:
    lines = [
        PROTOCOL,
        "",
        f"trained on {len(figures.state.meta.trained_on)} clips, {figures.state.meta.seconds:.0f} s; "
        f"state {figures.state.meta.digest}; detector {figures.state.meta.detector}; "
        f"embedder {figures.state.meta.embedder or 'none'}",
        f"micro frame-AUC {_share(figures.micro)}   macro frame-AUC {_share(figures.macro)}   "
        f"{figures.test_frames} test frames at {figures.fps:.1f} frames a second, "
        f"{figures.cpu_ms:.0f} ms of processor time each",
        "",
        f"{'setting':<14}{'events found':>13}{'median latency':>16}{'false in test':>15}{'false/h, held out':>19}",
    ]
    for name, (normal, test) in figures.presets.items():
        latency = "–" if test.median_latency_s is None else f"{test.median_latency_s:.1f} s"
        lines.append(
            f"{name:<14}{f'{test.found} of {test.spans}':>13}{latency:>16}{test.false_events:>15}"
            f"{normal.false_per_hour:>19.0f}"
        )
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
