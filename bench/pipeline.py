"""Measure the pipeline on clips: time per stage and frame, and the events it raises.

    python -m bench.pipeline [CLIP …] [--detector builtin|MODEL.onnx] [--fps 5] [--preset balanced] [--trace]

Frames are taken at --fps of clip time, scaled to at most --width pixels, and run as fast as they go on one OpenCV
thread. Event times are clip times. Without a clip the demo plaza is rendered and measured.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np

from detection.detect.registry import load_detector
from detection.events import PRESETS, preset
from detection.pipeline import CameraPipeline, FrameResult, PipelineSettings
from detection.synthetic import render_plaza
from detection.types import Frame


def frames(path: Path, fps: float, width: int) -> Iterator[Frame]:
    """Yield the frames of a clip at `fps`, at most `width` pixels wide; captured_at is clip time."""
    clip = cv2.VideoCapture(str(path))
    rate = clip.get(cv2.CAP_PROP_FPS) or 25.0
    index, due = 0, 0.0
    while clip.grab():
        at_s = index / rate
        if at_s + 1e-9 >= due:
            due += 1.0 / fps
            image = clip.retrieve()[1]
            if image.shape[1] > width:
                size = (width, round(image.shape[0] * width / image.shape[1]))
                image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            yield Frame(np.asarray(image, np.uint8), index, at_s, at_s)
        index += 1
    clip.release()


def measure(path: Path, args: argparse.Namespace) -> dict[str, list[float]]:
    """Run one clip, print its events and figures, and return the seconds of each stage."""
    events = preset(args.preset)
    pipeline = CameraPipeline(PipelineSettings(camera=path.name, events=events), load_detector(args.detector))
    stages: dict[str, list[float]] = defaultdict(list)
    count, shut, opened, highest = 0, 0, 0, 0.0
    updates = []
    for frame in frames(path, args.fps, args.width):
        result = pipeline.process(frame)
        count += 1
        shut += not result.gate.open
        highest = max(highest, result.score.value if result.score else 0.0)
        for stage, seconds in result.stage_s.items():
            stages[stage].append(seconds)
        stages["all"].append(sum(result.stage_s.values()))
        updates += result.updates
        if args.trace:
            _trace(result)
    for update in [*updates, *pipeline.flush()]:
        opened += update.kind == "opened"
        if update.kind == "closed":
            print(
                f"  event {update.started_at:6.1f}–{update.ended_at:6.1f} s  peak {update.peak_score:.2f}  "
                f"{update.category}, severity {update.severity}, {list(update.tags)}: {update.reason}"
            )
    print(f"{path.name}: {count} frames, {shut} skipped by the gate, {opened} events, highest score {highest:.2f}")
    return stages


def main() -> None:
    """Run the clips named on the command line and print the stage table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--detector", default="builtin")
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--trace", action="store_true", help="print a line for each frame")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    total: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for path in args.clips or [_plaza(Path(folder))]:
            for stage, seconds in measure(path, args).items():
                total[stage] += seconds
    print(f"\n{'stage':<10}{'mean ms':>9}{'p95 ms':>9}{'runs':>7}")
    for stage, seconds in total.items():
        print(f"{stage:<10}{fmean(seconds) * 1e3:9.2f}{float(np.percentile(seconds, 95)) * 1e3:9.2f}{len(seconds):7d}")
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _plaza(folder: Path) -> Path:
    path = folder / "plaza.mp4"
    render_plaza(path)
    return path


def _trace(result: FrameResult) -> None:
    f, s = result.features, result.score
    if f is None or s is None:
        print(f"{result.frame.at_s:7.1f}  {result.error}")
        return
    parts = ", ".join(
        f"{p.name} {p.value:.2f} ({p.usual_low:.2f}–{p.usual_high:.2f}) {p.deviation:.1f}" for p in s.parts
    )
    print(
        f"{result.frame.at_s:7.1f} {result.gate.reason:<8} score {s.value:.2f}  people {f.num_people:.0f}  "
        f"objects {f.num_objects:.0f}  speed {f.avg_speed_px:.0f}/{f.max_speed_px:.0f}  {parts}"
    )


if __name__ == "__main__":
    main()
