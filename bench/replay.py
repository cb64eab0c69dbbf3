"""Measure how much faster a replay is than the run that was recorded, and that it gives the same.

    python -m bench.replay [CLIP …] [--detector builtin|MODEL.onnx] [--scorer robust|baseline|PATH] [--fps 5]
                           [--times 1]

Each clip is analysed as fast as it goes, every due frame, and recorded; then the recording is replayed. Both are timed
from the first frame to the last, decoding included in the first, on one OpenCV thread. --times plays a clip so often,
one after the other, so that a baseline becomes active. Without a clip the demo plaza is rendered and measured.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import cv2

from bench.pipeline import frames
from detection.cache import CacheFolder, CacheWriter, Identity, Recording, content_of, replay
from detection.detect.registry import load_detector
from detection.pipeline import CameraPipeline, PipelineSettings
from detection.score.registry import scorer_maker
from detection.synthetic import render_plaza
from detection.types import EventUpdate, Frame, FrameScore

Told = list[tuple[FrameScore | None, str, tuple[EventUpdate, ...]]]


def live(path: Path, args: argparse.Namespace, folder: Path) -> tuple[Recording, Told, float]:
    """Analyse and record a clip; return the recording, what came of it, and the seconds it took."""
    detector, make_scorer = load_detector(args.detector), scorer_maker(args.scorer)
    identity = Identity(content_of(path), path.name, detector.name, detector.version, args.fps, max_width=args.width)
    writer = CacheWriter(CacheFolder(folder), replace(identity, reads=make_scorer().reads), _stop)
    pipeline = CameraPipeline(PipelineSettings(camera=path.name), detector, make_scorer, writer)
    told: Told = []
    started = time.perf_counter()
    for frame in _repeated(path, args):
        result = pipeline.process(frame)
        told.append((result.score, result.error, result.updates))
    told.append((None, "", pipeline.flush()))
    took_s = time.perf_counter() - started
    writer.close(complete=True)
    return Recording.open(writer.path), told, took_s


def _repeated(path: Path, args: argparse.Namespace) -> Iterator[Frame]:
    began = 0.0
    for _ in range(args.times):
        at_s = began
        for frame in frames(path, args.fps, args.width):
            at_s = began + frame.at_s
            yield replace(frame, at_s=at_s, captured_at=at_s)
        began = at_s + 1.0 / args.fps


def again(recording: Recording, args: argparse.Namespace) -> tuple[Told, float]:
    """Replay a recording; return what came of it, and the seconds it took."""
    make_scorer = scorer_maker(args.scorer)
    started = time.perf_counter()
    told: Told = [(step.score, step.error, step.updates) for step in replay(recording, make_scorer)]
    return told, time.perf_counter() - started


def same(one: Told, other: Told) -> bool:
    """Tell whether both gave the same, but for the ids of events."""
    return list(_nameless(one)) == list(_nameless(other))


def _nameless(told: Told) -> Iterator[tuple[object, ...]]:
    for score, error, updates in told:
        if score is not None or error or updates:
            yield score, error, [replace(u, event_id=UUID(int=0)) for u in updates]


def _stop(trouble: str) -> None:
    raise SystemExit(trouble)


def main() -> None:
    """Run the clips named on the command line and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--detector", default="builtin")
    parser.add_argument("--scorer", default="robust")
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--width", type=int, default=640)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"{'clip':<28}{'frames':>7}{'live ms':>9}{'replay ms':>11}{'faster':>8}{'B/frame':>9}  the same")
    with tempfile.TemporaryDirectory() as folder:
        clips = args.clips or [Path(folder) / "plaza.mp4"]
        if not args.clips:
            render_plaza(clips[0])
        for path in clips:
            recording, first, live_s = live(path, args, Path(folder) / "cache")
            second, replay_s = again(recording, args)
            count = len(first) - 1
            size = recording.path.stat().st_size / count
            print(
                f"{path.name:<28}{count:7d}{live_s / count * 1e3:9.2f}{replay_s / count * 1e3:11.3f}"
                f"{live_s / replay_s:7.0f}×{size:9.0f}  {'yes' if same(first, second) else 'NO'}"
            )


if __name__ == "__main__":
    main()
