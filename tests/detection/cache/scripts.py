"""Runs to record: pipelines over painted pictures, and what is compared of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np

from detection.cache import CacheFolder, CacheWriter, Identity, Recording, replay
from detection.events import EventSettings
from detection.judging import Judged
from detection.pipeline import CameraPipeline, FrameResult, PipelineSettings
from detection.score import Reading, RobustScore, Scene, Scorer, Seen
from detection.types import EventUpdate, Frame, FrameScore

NOBODY = UUID(int=0)
GATE = Identity(content="ab" * 32, name="gate.mp4", detector="scripted", detector_version="1", analysis_fps=5.0)
EVENTS = EventSettings(end_patience_frames=3, cooldown_seconds=1.0)


class Untouchable:
    """A detector that must not be called."""

    name = "scripted"
    version = "1"

    def detect(self, images: object, cameras: object) -> list[list]:
        raise AssertionError("a replay called the detector")

    def forget(self, camera: str) -> None:
        raise AssertionError("a replay called the detector")


class LearnNoted(RobustScore):
    """RobustScore that also reads the picture, and whose score tells whether it was asked to learn."""

    reads = "thumb"

    def read(self, scene: Scene) -> Seen:
        if not scene.moved:
            return {"thumb": np.zeros((4, 4), np.uint8)}
        return {"thumb": scene.image[::60, ::80, 0], "mean": np.array(scene.image.mean())}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        told = super().judge(reading, learn=learn)
        seen = sum(float(array.astype(np.float64).sum()) for array in reading.seen.values())
        return replace(told, value=told.value * (1 - 1e-9 * (seen % 997)), agreement=2 if learn else 0)


def judged_of(result: FrameResult) -> tuple[object, ...]:
    """Return what a replay must give again."""
    return (result.frame.captured_at, result.error, result.score, result.tags, nameless(result.updates))


def nameless(updates: Iterable[EventUpdate]) -> tuple[EventUpdate, ...]:
    """Return updates without their ids, which are drawn by chance."""
    return tuple(replace(update, event_id=NOBODY) for update in updates)


def replayed_of(steps: Iterable[Judged]) -> list[tuple[object, ...]]:
    """Return the same of a replay."""
    return [
        (step.sight and step.sight.captured_at, step.error, step.score, step.tags, nameless(step.updates))
        for step in steps
    ]


def record(
    folder: Path,
    detector: object,
    frames: Iterable[Frame | None],
    make_scorer: Callable[[], Scorer] = RobustScore,
    identity: Identity = GATE,
    settings: PipelineSettings | None = None,
) -> tuple[Recording, list[tuple[object, ...]]]:
    """Run frames through a pipeline that records, None for a source that is gone, and return both results."""
    troubles: list[str] = []
    writer = CacheWriter(CacheFolder(folder), identity, troubles.append)
    pipeline = CameraPipeline(settings or PipelineSettings(events=EVENTS), detector, make_scorer, writer)  # type: ignore[arg-type]
    told: list[tuple[object, ...]] = []
    for frame in [*frames, None]:
        if frame is not None:
            told.append(judged_of(pipeline.process(frame)))
        elif closings := pipeline.flush():
            told.append((None, "", None, (), nameless(closings)))
    writer.close(complete=True)
    assert troubles == []
    return Recording.open(writer.path), told


def replayed(
    recording: Recording, make_scorer: Callable[[], Scorer] = RobustScore, events: EventSettings = EVENTS
) -> list[tuple[object, ...]]:
    """Return what a replay gives."""
    return replayed_of(replay(recording, make_scorer, events))
