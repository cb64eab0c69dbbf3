"""Evaluate any other scorer with the same protocol: one that watches first, or one trained beforehand."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.detect.base import Detector
from detection.evaluate.figures import Evaluation
from detection.evaluate.metrics import macro_auc, micro_auc
from detection.evaluate.ped2 import Clip
from detection.evaluate.settings import Scored, rows_of
from detection.evaluate.watching import Told
from detection.features import FeatureExtractor
from detection.score.base import Reading, Scene, Scorer, reading_of
from detection.track import DeepSortTracker

APART_S = 1.0
"""Between two clips so much time passes for a scorer that watches one after the other: little enough to stay warm."""


@dataclass(frozen=True, slots=True)
class Read:
    """One clip's readings, timed from 0, and the seconds of clock and processor that they took."""

    clip: Clip
    frames: tuple[Reading, ...]
    took_s: float
    cpu_s: float


def read_clips(clips: Sequence[Clip], detector: Detector, make_scorer: Callable[[], Scorer], told: Told) -> list[Read]:
    """Return what a scorer reads of each clip; every clip starts with no tracks."""
    total, done, read = sum(len(clip.pictures) for clip in clips), 0, []
    for clip in clips:
        tracker, extractor, scorer, frames = DeepSortTracker(), FeatureExtractor(), make_scorer(), []
        took_s = cpu_s = 0.0
        for frame in clip.frames():
            started, cpu = time.perf_counter(), time.process_time()
            found = detector.detect([frame.image], [clip.name])[0]
            tracks = tuple(tracker.update(frame.image, found, frame.at_s))
            features = extractor.extract(tracks, (frame.image.shape[0], frame.image.shape[1]), frame.at_s)
            frames.append(reading_of(scorer, Scene(frame.image, tracks, features, frame.at_s, frame.captured_at)))
            took_s += time.perf_counter() - started
            cpu_s += time.process_time() - cpu
            done += 1
            told(done, total)
        read.append(Read(clip, tuple(frames), took_s, cpu_s))
    return read


def evaluate_other(
    normal: Sequence[Read],
    test: Sequence[Read],
    fps: float,
    make_scorer: Callable[[], Scorer],
    detector: str,
    *,
    trained: bool,
) -> Evaluation:
    """Return the figures of a scorer.

    trained: it was trained beforehand, and each clip is judged by a new one; else one watches all training clips, in
    order, before each test clip, and the other training clips before each training clip. Raises ValueError for a test
    clip without labels.
    """
    scorer = make_scorer()
    labels, scored, quiet, took_s, cpu_s = [], [], [], 0.0, 0.0
    for read in normal:
        others = [] if trained else [other for other in normal if other is not read]
        quiet.append(_judged(make_scorer(), others, read)[0])
    for read in test:
        if read.clip.labels is None:
            raise ValueError(f"The clip {read.clip.name} has no labels.")
        clip, seconds, cpu = _judged(make_scorer(), [] if trained else normal, read)
        labels.append(read.clip.labels)
        scored.append(clip)
        took_s += read.took_s + seconds
        cpu_s += read.cpu_s + cpu
    values, frames = [s.values for s in scored], sum(len(s.values) for s in scored)
    return Evaluation(
        scorer=scorer.name,
        version=scorer.version,
        detector=detector,
        embedder="",
        trained_on=tuple(read.clip.name for read in normal),
        normal_is="not held out: the model may have been trained on them"
        if trained
        else "held out: the others watched",
        micro=micro_auc(labels, values),
        macro=macro_auc(labels, values),
        test_frames=frames,
        fps=frames / took_s if took_s > 0 else 0.0,
        cpu_ms=cpu_s / max(1, frames) * 1e3,
        rows=rows_of(quiet, labels, scored, fps),
    )


def _judged(scorer: Scorer, before: Sequence[Read], read: Read) -> tuple[Scored, float, float]:
    """Return a clip's scores after others were watched, and the seconds of clock and processor they took."""
    start_s = 0.0
    for other in before:
        for reading in other.frames:
            scorer.judge(_later(reading, start_s))
        start_s += other.frames[-1].at_s + APART_S if other.frames else 0.0
    started, cpu = time.perf_counter(), time.process_time()
    answers = [scorer.judge(_later(reading, start_s)) for reading in read.frames]
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    values = np.array([answer.value for answer in answers])
    return Scored(values, np.array([answer.agreement for answer in answers], np.int64)), seconds, cpu


def _later(reading: Reading, by_s: float) -> Reading:
    return replace(reading, at_s=reading.at_s + by_s, captured_at=reading.captured_at + by_s)
