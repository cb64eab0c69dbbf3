"""Turn clips into observations through the stages that run live: detect, track, flow, looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from detection.detect.base import Detector
from detection.evaluate.ped2 import Clip
from detection.score.normality import Observation
from detection.score.normality.appearance import Embedder
from detection.score.normality.flow import FlowMeter
from detection.score.normality.observe import Observer
from detection.track import DeepSortTracker

Told = Callable[[int, int], None]
"""Called with the frames done and the frames in all."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One clip's observations, and the seconds they took from decoded picture to observation: by the clock (took_s),
    and of all threads together (cpu_s), which other work on the machine hardly moves.
    """

    clip: Clip
    frames: tuple[Observation, ...]
    took_s: float
    cpu_s: float


def watch(clips: Sequence[Clip], detector: Detector, embedder: Embedder | None, told: Told) -> list[Watched]:
    """Return what each clip shows; every clip starts with no tracks, as a clip of another hour would."""
    total, done, seen = sum(len(clip.pictures) for clip in clips), 0, []
    with ThreadPoolExecutor(max_workers=1) as aside:
        for clip in clips:
            tracker, observer, frames = DeepSortTracker(), Observer(embedder), []
            flow, took_s, cpu_s = FlowMeter(), 0.0, 0.0
            for frame in clip.frames():
                started, cpu = time.perf_counter(), time.process_time()
                motion = aside.submit(flow.measure, frame.image, frame.at_s)
                found = detector.detect([frame.image], [clip.name])[0]
                tracks = tracker.update(frame.image, found, frame.at_s)
                frames.append(observer.describe(frame.image, tracks, motion.result(), frame.at_s))
                took_s += time.perf_counter() - started
                cpu_s += time.process_time() - cpu
                done += 1
                told(done, total)
            seen.append(Watched(clip, tuple(frames), took_s, cpu_s))
    return seen
