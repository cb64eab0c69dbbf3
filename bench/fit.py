"""Measure how many cameras fit on this machine, against the plain loop, and how that grows.

    python -m bench.fit CLIP [--detector builtin|MODEL.onnx …] [--weights yolov8n.pt] [--cameras 1,2,4,8,16]
        [--seconds 20] [--fps 5]

Each camera reads the clip at the clip's own pace, over and over, decodes it, and is watched as the worker does it:
detection.watch.CameraWatch in a thread of its own, one detector for all behind a MicroBatcher, the baseline as scorer.
A number of cameras fits when 95 % of the frames that are due are analysed, by each. After the numbers asked for it is
doubled while it fits, and then halved in, to the camera. A model first measures which engine runs it quickest here.

With --weights the plain loop runs first, in a process of its own (see bench.plain_loop), with the machine to itself;
its frames a second over --fps are the cameras that it can take. Of the people that it sees, so many are told that the
pipeline's detections cover at half the intersection over union, on the same frames.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

from bench.pipeline import frames
from detection.detect.base import Detector
from detection.detect.batching import MicroBatcher
from detection.detect.fitted import FittedDetector
from detection.detect.measured import MeasuredDetector
from detection.detect.registry import load_detector
from detection.pipeline import CameraPipeline, PipelineSettings
from detection.score.living import LivingBaseline
from detection.sources import SourceSettings
from detection.types import Box
from detection.watch import CameraWatch, WatchSettings

ENOUGH = 0.95
SETTLE_S = 4.0
"""Opening the clips and the first frames are not what is measured."""
MOST = 256
OVERLAP = 0.5
MEASURING_S = 120.0
COLUMNS = (
    "cameras",
    "frames analysed",
    "worst camera",
    "cores",
    "others' cores",
    "core ms a frame",
    "RSS, MB",
    "a batch",
    "detector, ms",
    "stages, ms",
)
WIDTH = 1280
"""Wider pictures are scaled down to it, as a source does."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of cameras did.

    share, worst: share of the due frames analysed, of all and of the worst camera, 0–1; cores, others: cores used by
    this process and by all others; core_ms: processor time a frame, decoding in; rss_mb: memory of the process; batch:
    pictures that the detector took at once; detector_ms: its time a picture; stages: milliseconds a frame, "detect"
    with the wait for the shared detector.
    """

    cameras: int
    share: float
    worst: float
    cores: float
    others: float
    core_ms: float
    rss_mb: float
    batch: float
    detector_ms: float
    stages: dict[str, float]

    @property
    def fits(self) -> bool:
        """Tell whether each camera got what was due."""
        return self.worst >= ENOUGH


class _Camera:
    """One watched camera and its counts."""

    def __init__(self, number: int, clip: Path, fps: float, detector: Detector, folder: Path) -> None:
        settings = WatchSettings(source=SourceSettings(loop=True), analysis_fps=fps)
        name = f"camera {number}"
        self.watch = CameraWatch(name, str(clip), settings, detector, folder / str(number), LivingBaseline)
        self.analysed = 0
        self.error = ""
        self.stage_s: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self.watch.start()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.watch.close()

    def counts(self) -> tuple[int, dict[str, float]]:
        return self.analysed, dict(self.stage_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            result = self.watch.step(0.5).result
            if result is None:
                continue
            if result.error:
                self.error = result.error
                continue
            self.analysed += 1
            for stage, seconds in result.stage_s.items():
                self.stage_s[stage] += seconds


def load(number: int, detector: Detector, args: argparse.Namespace, folder: Path) -> Load:
    """Return what so many cameras do for --seconds."""
    process, machine = psutil.Process(), psutil.cpu_count() or 1
    batcher = MicroBatcher(detector)
    with ExitStack() as stack:
        stack.callback(batcher.close)
        cameras = [_Camera(i, args.clip, args.fps, batcher, folder) for i in range(number)]
        for camera in cameras:
            camera.start()
            stack.callback(camera.stop)
            time.sleep(1.0 / args.fps / number)  # cameras do not deliver in step
        time.sleep(SETTLE_S)
        first, used, stats, began = _counts(cameras), process.cpu_times(), batcher.stats, time.monotonic()
        psutil.cpu_percent()
        time.sleep(args.seconds)
        busy = psutil.cpu_percent() / 100.0 * machine
        last, spent, then, took_s = _counts(cameras), process.cpu_times(), batcher.stats, time.monotonic() - began
        rss = process.memory_info().rss / 2**20
        errors = {camera.error for camera in cameras if camera.error}
    for error in sorted(errors):
        print(f"  {error}")
    shares = [(b[0] - a[0]) / (took_s * args.fps) for a, b in zip(first, last, strict=True)]
    analysed = max(1, sum(b[0] - a[0] for a, b in zip(first, last, strict=True)))
    names = {name for _, stages in last for name in stages}
    stages = {
        name: sum(b[1].get(name, 0.0) - a[1].get(name, 0.0) for a, b in zip(first, last, strict=True)) / analysed * 1e3
        for name in sorted(names)
    }
    cores = (spent.user + spent.system - used.user - used.system) / took_s
    pictures, batches = then.pictures - stats.pictures, then.batches - stats.batches
    each_ms = (then.busy_s - stats.busy_s) / max(1, pictures) * 1e3
    mean, worst = float(np.mean(shares)), min(shares)
    others = max(0.0, busy - cores)
    return Load(
        number,
        mean,
        worst,
        cores,
        others,
        cores * took_s / analysed * 1e3,
        rss,
        pictures / max(1, batches),
        each_ms,
        stages,
    )


def largest(asked: list[int], measure: Any) -> tuple[int, list[Load]]:
    """Return the largest number that fits, and all that was measured on the way, by number of cameras.

    asked: numbers in rising order; they are all measured, then the search goes on between the last that fits and the
    first that does not. measure: takes a number and returns its Load.
    """
    loads = [measure(number) for number in asked]
    while loads[-1].fits and loads[-1].cameras < MOST:
        loads.append(measure(min(MOST, loads[-1].cameras * 2)))
    too_many = min((each.cameras for each in loads if not each.fits), default=MOST + 1)
    fitting = max((each.cameras for each in loads if each.fits and each.cameras < too_many), default=0)
    while too_many - fitting > 1:
        loads.append(measure((too_many + fitting) // 2))
        if loads[-1].fits:
            fitting = loads[-1].cameras
        else:
            too_many = loads[-1].cameras
    return fitting, sorted(loads, key=lambda each: each.cameras)


def opened(choice: str, clip: Path, folder: Path) -> Detector:
    """Return the detector, having measured which engine runs it quickest, and tell what was found out."""
    if not choice.endswith(".onnx"):
        return load_detector(choice)
    ticks = count()  # its clock: every picture of the loop below is far enough from the last
    path = Path(choice).expanduser()
    detector = FittedDetector(
        lambda size: MeasuredDetector(path, folder / "engines", size=size, monotonic=lambda: float(next(ticks)))
    )
    for frame in frames(clip, 1.0, WIDTH):
        detector.detect([frame.image], [""])
        if detector.opened[0].wait(MEASURING_S):
            break
    (used,) = detector.opened
    if used.measured is None:
        print(f"  {detector.name} could not be measured on this clip; {used.engine} runs it.")
        return detector
    print(f"  input {used.size[0]}×{used.size[1]}")
    for each in used.measured.candidates:
        mark = ", chosen" if each.engine == used.measured.engine else ""
        print(f"  {each.engine}: {each.ms:.1f} ms a picture, {each.agreement:.1%} alike{mark}")
    return detector


def covered(people: dict[str, list[Box]], clip: Path, detector: Detector, fps: float) -> tuple[int, int]:
    """Return how many of the people seen by the plain loop the pipeline sees, and how many there are.

    people: boxes by the frame's index. The pipeline takes the frames that are due at `fps`, one after the other.
    """
    pipeline = CameraPipeline(PipelineSettings(camera="quality"), detector)
    found, there = 0, 0
    for frame in frames(clip, fps, WIDTH):
        if str(frame.index) not in people:
            break
        mine = [d.box for d in pipeline.process(frame).detections]
        for box in people[str(frame.index)]:
            there += 1
            match = max(mine, key=partial(overlap, box), default=None)
            if match is not None and overlap(box, match) >= OVERLAP:
                mine.remove(match)
                found += 1
    detector.forget("quality")
    return found, there


def overlap(a: Box, b: Box) -> float:
    """Return the intersection over union of two boxes, 0–1."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height)


def _counts(cameras: list[_Camera]) -> list[tuple[int, dict[str, float]]]:
    return [camera.counts() for camera in cameras]


def _plain(args: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.plain_loop", str(args.clip), "--weights", str(args.weights), "--json"]
    done = subprocess.run([*command, "--seconds", str(args.plain_seconds)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The plain loop failed; its words are above.")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    stages = "  ".join(f"{stage} {ms:.1f}" for stage, ms in found["stages"].items())
    print(
        f"plain loop: {found['fps']:.2f} frames a second, {found['core_ms']:.0f} ms of a core a frame, "
        f"{found['rss_mb']:.0f} MB; ms a frame: {stages}",
        flush=True,
    )
    return found


def _report(each: Load) -> Load:
    stages = "  ".join(f"{stage} {ms:.1f}" for stage, ms in each.stages.items())
    cells = (
        f"{each.cameras}",
        f"{each.share:.1%}",
        f"{each.worst:.1%}",
        f"{each.cores:.2f}",
        f"{each.others:.2f}",
        f"{each.core_ms:.1f}",
        f"{each.rss_mb:.0f}",
        f"{each.batch:.1f}",
        f"{each.detector_ms:.1f}",
        stages,
    )
    print(f"| {' | '.join(cells)} |", flush=True)
    return each


def main() -> None:
    """Run the plain loop, then each detector's cameras, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--detector", nargs="+", default=["builtin"])
    parser.add_argument("--weights", type=Path, help="run the plain loop with these, and compare")
    parser.add_argument("--cameras", default="1,2,4,8,16", help="numbers to measure, in rising order")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each number of cameras")
    parser.add_argument("--plain-seconds", type=float, default=30.0)
    parser.add_argument("--fps", type=float, default=5.0, help="analysed frames a second of each camera")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    asked = sorted({int(each) for each in args.cameras.split(",")})
    plain = _plain(args) if args.weights else None
    with tempfile.TemporaryDirectory() as folder:
        for choice in args.detector:
            print(f"\n{Path(choice).name}")
            detector = opened(choice, args.clip, Path(folder))
            print(
                "\n| cameras | frames analysed | worst camera | cores | RSS, MB | a batch | detector, ms | stages, ms |"
            )
            print("|---|---|---|---|---|---|---|---|", flush=True)
            fitting, loads = largest(asked, lambda n, d=detector: _report(load(n, d, args, Path(folder))))
            # Only of rising numbers: what a process has once taken it hardly gives back.
            rss_mb = {each.cameras: each.rss_mb for each in loads}
            text = f"\n{Path(choice).name}: {fitting} cameras fit"
            if len(asked) > 1:
                text += f", {(rss_mb[asked[-1]] - rss_mb[asked[0]]) / (asked[-1] - asked[0]):.1f} MB a camera"
            if plain is not None:
                found, there = covered(plain["people"], args.clip, detector, args.fps)
                text += f", {fitting * args.fps / plain['fps']:.1f} times those of the plain loop; "
                text += f"{found} of its {there} people found ({found / max(1, there):.1%})"
            print(text, flush=True)


if __name__ == "__main__":
    main()
