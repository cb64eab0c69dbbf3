"""Watch one source in the terminal: JSON lines, with no database and no Redis."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import tempfile
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import cv2
from django.conf import settings as installation
from django.core.management.base import BaseCommand, CommandError

from cameras.senses import SensePlan
from detection.cache import (
    DEFAULT_LIMIT_BYTES,
    CacheError,
    CacheFolder,
    CacheWriter,
    Identity,
    address_of,
    content_of,
    matching,
    replay,
)
from detection.detect.base import Detector, DetectorError
from detection.detect.registry import load_detector
from detection.events import PRESETS, preset
from detection.pipeline import PipelineSettings
from detection.score import Scorer
from detection.score.learned import ModelError
from detection.score.normality import NormalityError
from detection.score.registry import scorer_maker
from detection.senses import SENSES
from detection.sensing import Senses
from detection.sources import SourceError, SourceSettings
from detection.sources.opening import open_decoder
from detection.sources.uri import file_path, kind_of, shown
from detection.terminal import Limits, replay_lines, watch_lines
from detection.types import Frame
from detection.watch import CameraWatch, WatchSettings
from workers.detectors import BUILTIN
from workers.model_store import store
from workers.senses import SenseModels

TROUBLES = (CacheError, DetectorError, ModelError, NormalityError, SourceError, OSError)
SMALL_FILE = 256 * 1024 * 1024
"""Bytes; to know a larger file again takes long enough to say so."""


class Command(BaseCommand):
    """Watch SOURCE until it ends or Ctrl-C, and print what happens as JSON lines."""

    help = (
        "Watch SOURCE (rtsp://…, http://…, a video file, usb:0) and print events as JSON lines. What a watch of a file "
        "saw is recorded, so that --mode replay can go through it again, with other settings and scorers, without a "
        f"detector. Recordings take at most {DEFAULT_LIMIT_BYTES / 1e9:g} GB; the oldest leave first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("source", metavar="SOURCE")
        parser.add_argument(
            "--mode",
            choices=("live", "replay"),
            default="live",
            help="live: look at the pictures; replay: go through what was recorded of them, with the same result",
        )
        parser.add_argument(
            "--cache",
            type=Path,
            metavar="DIR",
            help="where recordings are (default: cache/ in the installation's home; a camera, and a file with --loop, "
            f"is recorded only with this option); at most {DEFAULT_LIMIT_BYTES / 1e9:g} GB, the oldest leave first",
        )
        parser.add_argument(
            "--fast",
            action="store_true",
            help="read a file as fast as it is analysed: every frame that is due, none lost",
        )
        parser.add_argument(
            "--detector",
            help='"builtin" (default) or the path of an .onnx file; in a replay: the one that was recorded last',
        )
        parser.add_argument(
            "--scorer",
            default="baseline",
            metavar="NAME|PATH",
            help='"baseline" (default): what is normal for the camera, learned as it watches; "robust": its recent '
            "past alone; or a folder that `train` wrote, or a state of `evaluate --save`",
        )
        parser.add_argument(
            "--embedder", type=Path, metavar="FILE", help="the .onnx file by which a baseline or a state knows looks"
        )
        parser.add_argument(
            "--time-zone",
            default="UTC",
            metavar="NAME",
            help="by whose clocks a baseline tells the hours of the week, such as Europe/Berlin (default: UTC)",
        )
        parser.add_argument(
            "--senses",
            default=",".join(SENSES),
            metavar="NAMES",
            help=f"which senses to ask beside the detector, of {', '.join(SENSES)} (default: all whose models are "
            'installed; "none": only the detector)',
        )
        parser.add_argument("--preset", choices=PRESETS, default="balanced")
        parser.add_argument("--fps", type=float, default=5.0, help="analysed frames a second")
        parser.add_argument("--loop", action="store_true", help="start a file again at its end")
        parser.add_argument("--frames", type=int, help="stop after so many analysed frames")
        parser.add_argument("--seconds", type=float, help="stop after so many seconds")
        parser.add_argument("--evidence", type=Path, metavar="DIR", help="keep clips and peak frames here")
        parser.add_argument("--scores", action="store_true", help="print the score of each frame, too")

    _watching = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Watch; Ctrl-C closes the open event and its clip, and ends without an error."""
        _check(options)
        self._stopping = threading.Event()
        # What `timeout`, systemd and Docker send ends like Ctrl-C: else the evidence of every run stayed behind.
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        cv2.setNumThreads(1)
        try:
            if options["mode"] == "replay":
                self._replay(options)
            elif options["evidence"] is not None:
                self._watch(options, options["evidence"])
            else:
                with tempfile.TemporaryDirectory(prefix="vedette-watch-") as folder:
                    self._watch(options, Path(folder))
        except KeyboardInterrupt:
            self._stopping.set()
        except TROUBLES as error:
            raise CommandError(str(error)) from error
        if self._stopping.is_set():
            self.stderr.write("Stopped.")

    def _stop(self, signum: int, frame: object) -> None:
        """End the watch in order; while nothing is watched, or at the second time, at once.

        An exception out of a signal may strike while a lock is being let go, and whoever needs it then waits for ever.
        """
        if not self._watching or self._stopping.is_set():
            raise KeyboardInterrupt
        self._stopping.set()

    def _watch(self, options: dict[str, Any], evidence_dir: Path) -> None:
        settings = _settings(options)
        detector = load_detector(options["detector"] or "builtin")
        make_scorer = scorer_maker(options["scorer"], options["embedder"], ZoneInfo(options["time_zone"]))
        models = SenseModels(store())
        outlines = detector.name != BUILTIN
        senses = models.senses(_sense_plan(options), "terminal", outlines=outlines, live=settings.source.real_time)
        tape = self._tape(options, settings, detector, make_scorer, senses)
        watch = CameraWatch("terminal", options["source"], settings, detector, evidence_dir, make_scorer, tape, senses)
        limits = Limits(options["frames"], options["seconds"])
        told = self._progress(options, settings.source)
        lines = watch_lines(
            watch, evidence_dir, limits, scores=options["scores"], told=told, stopping=self._stopping.is_set
        )
        try:
            self._watching = True
            self._print(lines)
        finally:
            self._watching = False
            if tape is not None:
                tape.close(complete=watch.close().source.status == "ended")
            models.close()

    def _replay(self, options: dict[str, Any]) -> None:
        source, settings = options["source"], _settings(options)
        make_scorer = scorer_maker(options["scorer"], options["embedder"], ZoneInfo(options["time_zone"]))
        detector = None
        if options["detector"] is not None:
            loaded = load_detector(options["detector"])
            detector = (loaded.name, loaded.version)
        wanted = _identity(source, self._content(source), settings, make_scorer().reads, detector or ("", ""))
        try:
            recording = matching(_folder(options).of_footage(wanted.content), wanted, detector)
        except CacheError as error:
            raise CommandError(f"{error} Record it with: {_recording_command(options)}") from error
        if not recording.complete:
            self.stderr.write(f"The recording of {wanted.name} stops before its end: what there is is replayed.")
        self._print(replay_lines(replay(recording, make_scorer, settings.pipeline.events), scores=options["scores"]))

    def _tape(
        self,
        options: dict[str, Any],
        settings: WatchSettings,
        detector: Detector,
        make_scorer: Callable[[], Scorer],
        senses: Senses,
    ) -> CacheWriter | None:
        """Return what records this watch, or None where it is not recorded."""
        source = options["source"]
        passing = kind_of(source) != "file" or options["loop"]
        if passing and options["cache"] is None:
            return None
        try:
            content = self._content(source)
        except CommandError:
            return None  # the watch itself says what is wrong with the file, and tries again
        seen_by = (detector.name, detector.version)
        asked = tuple(f"{s.sense} {s.model}".strip() for s in senses.states() if s.state == "available")
        identity = replace(_identity(source, content, settings, make_scorer().reads, seen_by), senses=asked)
        return CacheWriter(_folder(options), identity, self.stderr.write, append=kind_of(source) != "file")

    def _content(self, source: str) -> str:
        if kind_of(source) != "file":
            return address_of(shown(source))
        path = file_path(source)
        try:
            if not path.is_file():
                raise CommandError(f"There is no file {path}. Name the video file that was recorded.")
            large = path.stat().st_size > SMALL_FILE
            return content_of(path, self._tenths(f"Reading {path.name}") if large else None)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from error

    def _progress(self, options: dict[str, Any], settings: SourceSettings) -> Callable[[Frame], None] | None:
        if not options["fast"]:
            return None
        with closing(open_decoder(options["source"], settings)) as decoder:
            whole_s = decoder.info.duration_s
        if not whole_s:
            return None
        done = self._tenths(f"Analysing {shown(options['source'])}")
        return lambda frame: done(min(1.0, frame.at_s / whole_s))

    def _tenths(self, what: str) -> Callable[[float], None]:
        """Return what tells progress, 0–1, at every tenth."""
        told = -1

        def tell(done: float) -> None:
            nonlocal told
            if int(done * 10) > told:
                told = int(done * 10)
                self.stderr.write(f"{what}: {told * 10} %")

        return tell

    def _print(self, lines: Generator[str, None, None]) -> None:
        try:
            for line in lines:
                self.stdout.write(line)
                self.stdout.flush()
        except KeyboardInterrupt:
            lines.close()
            raise
        except BrokenPipeError:
            # `… | head` has all that it wanted. Without another place for it, the last flush would complain again.
            lines.close()
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check(options: dict[str, Any]) -> None:
    if not 0.1 <= options["fps"] <= 60.0:
        raise CommandError(f"--fps must be 0.1 to 60, not {options['fps']:g}.")
    if options["time_zone"] not in available_timezones():
        raise CommandError(
            f"--time-zone: there is no time zone '{options['time_zone']}'. Name one such as Europe/Berlin."
        )
    try:
        is_file = kind_of(options["source"]) == "file"
    except SourceError as error:
        raise CommandError(str(error)) from error
    if options["fast"] and not is_file:
        raise CommandError("--fast is for files: a camera gives its pictures when it gives them.")
    if options["fast"] and options["loop"]:
        raise CommandError("--fast and --loop do not go together: the one is for a file's end, the other has none.")
    if options["mode"] == "replay":
        for name in ("loop", "fast", "frames", "seconds", "evidence"):
            if options[name]:
                raise CommandError(f"--{name} is for --mode live: a replay goes through all that was recorded.")


def _settings(options: dict[str, Any]) -> WatchSettings:
    return WatchSettings(
        source=SourceSettings(
            loop=options["loop"],
            real_time=not options["fast"],
            deliver_fps=max(12.0, options["fps"]),
            audio=_sense_plan(options).audio,
        ),
        pipeline=PipelineSettings(events=preset(options["preset"])),
        analysis_fps=options["fps"],
    )


def _sense_plan(options: dict[str, Any]) -> SensePlan:
    wanted = {name.strip() for name in options["senses"].split(",") if name.strip()} - {"none"}
    for name in sorted(wanted - set(SENSES)):
        raise CommandError(f"--senses: there is no sense '{name}'. Name some of {', '.join(SENSES)}, or none.")
    return SensePlan(pose="pose" in wanted, audio="audio" in wanted, scene="scene" in wanted)


def _identity(source: str, content: str, settings: WatchSettings, reads: str, detector: tuple[str, str]) -> Identity:
    return Identity(
        content=content,
        name=shown(source),
        detector=detector[0],
        detector_version=detector[1],
        analysis_fps=settings.analysis_fps,
        masks=settings.masks,
        max_width=settings.source.max_width,
        motion=settings.pipeline.motion,
        reads=reads,
    )


def _folder(options: dict[str, Any]) -> CacheFolder:
    return CacheFolder(options["cache"] or Path(installation.VEDETTE_HOME) / "cache")


def _recording_command(options: dict[str, Any]) -> str:
    words = ["manage.py", "watch", shown(options["source"])]
    for name, usual in (
        ("detector", None),
        ("scorer", "baseline"),
        ("embedder", None),
        ("time_zone", "UTC"),
        ("fps", 5.0),
        ("cache", None),
    ):
        if options[name] not in (None, usual):
            words += [f"--{name.replace('_', '-')}", f"{options[name]:g}" if name == "fps" else str(options[name])]
    if kind_of(options["source"]) == "file":
        words.append("--fast")
    elif options["cache"] is None:
        words += ["--cache", str(_folder(options).path)]
    return shlex.join(words)
