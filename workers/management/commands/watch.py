"""Watch one source in the terminal: JSON lines, with no database and no Redis."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import cv2
from django.core.management.base import BaseCommand, CommandError

from detection.detect.base import DetectorError
from detection.detect.registry import load_detector
from detection.events import PRESETS, preset
from detection.pipeline import PipelineSettings
from detection.score.learned import ModelError
from detection.score.normality import NormalityError
from detection.score.registry import scorer_maker
from detection.sources import SourceError, SourceSettings
from detection.terminal import Limits, watch_lines
from detection.watch import CameraWatch, WatchSettings


class Command(BaseCommand):
    """Watch SOURCE until it ends or Ctrl-C, and print what happens as JSON lines."""

    help = "Watch SOURCE (rtsp://…, http://…, a video file, usb:0) and print events as JSON lines."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("source", metavar="SOURCE")
        parser.add_argument("--detector", default="builtin", help='"builtin" or the path of an .onnx file')
        parser.add_argument(
            "--scorer", type=Path, metavar="PATH", help="a folder that `train` wrote, or a state of `evaluate --save`"
        )
        parser.add_argument("--embedder", type=Path, metavar="FILE", help="the .onnx file that a state's looks need")
        parser.add_argument("--preset", choices=PRESETS, default="balanced")
        parser.add_argument("--fps", type=float, default=5.0, help="analysed frames a second")
        parser.add_argument("--loop", action="store_true", help="start a file again at its end")
        parser.add_argument("--frames", type=int, help="stop after so many analysed frames")
        parser.add_argument("--seconds", type=float, help="stop after so many seconds")
        parser.add_argument("--evidence", type=Path, metavar="DIR", help="keep clips and peak frames here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Watch; Ctrl-C closes the open event and its clip, and ends without an error."""
        if not 0.1 <= options["fps"] <= 60.0:
            raise CommandError(f"--fps must be 0.1 to 60, not {options['fps']:g}.")
        # What `timeout`, systemd and Docker send ends like Ctrl-C: else the evidence of every run stayed behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        cv2.setNumThreads(1)
        if options["evidence"] is not None:
            self._watch(options, options["evidence"])
            return
        with tempfile.TemporaryDirectory(prefix="vedette-watch-") as folder:
            self._watch(options, Path(folder))

    def _watch(self, options: dict[str, Any], evidence_dir: Path) -> None:
        settings = WatchSettings(
            source=SourceSettings(loop=options["loop"], deliver_fps=max(12.0, options["fps"])),
            pipeline=PipelineSettings(events=preset(options["preset"])),
            analysis_fps=options["fps"],
        )
        try:
            detector = load_detector(options["detector"])
            make_scorer = scorer_maker(options["scorer"], options["embedder"])
            watch = CameraWatch("terminal", options["source"], settings, detector, evidence_dir, make_scorer)
        except (DetectorError, ModelError, NormalityError, SourceError, OSError) as error:
            raise CommandError(str(error)) from error
        lines = watch_lines(watch, evidence_dir, Limits(options["frames"], options["seconds"]))
        try:
            for line in lines:
                self.stdout.write(line)
                self.stdout.flush()
        except KeyboardInterrupt:
            lines.close()
            self.stderr.write("Stopped.")
        except BrokenPipeError:
            # `… | head` has all that it wanted. Without another place for it, the last flush would complain again.
            lines.close()
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
