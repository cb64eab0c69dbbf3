"""Watch one source, or go through its recording, and tell of it in JSON lines: `manage.py watch` without Django."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from detection.evidence import draw_overlay, encode_jpeg
from detection.fuse import Fused
from detection.judging import Judged
from detection.pipeline import FrameResult
from detection.pose.draw import draw_poses
from detection.sight import Sight
from detection.types import EventUpdate, Frame, FrameScore
from detection.watch import CameraWatch, WatchStep

STEP_S = 0.5
STATUS_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop by itself: after so many analysed frames or seconds, whichever is first; None is never."""

    frames: int | None = None
    seconds: float | None = None


@dataclass(slots=True)
class _Totals:
    frames: int = 0
    skipped: int = 0
    refused: int = 0
    events: int = 0
    errors: int = 0
    stage_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def count(self, seen: FrameResult | Sight, stage_s: dict[str, float], error: str) -> None:
        """Count one frame."""
        self.frames += 1
        self.skipped += not seen.gate.open
        self.refused += seen.refused
        self.errors += bool(error)
        for stage, seconds in stage_s.items():
            self.stage_s[stage] += seconds

    def facts(self) -> dict[str, Any]:
        """Return what a status line says of all frames so far."""
        return {
            "frames": self.frames,
            "skipped_by_gate": self.skipped,
            "events": self.events,
            "detector_errors": self.errors,
            "detections_refused": self.refused,
            "stage_ms": {name: round(1000 * s / max(1, self.frames), 2) for name, s in self.stage_s.items()},
        }


def watch_lines(
    watch: CameraWatch,
    evidence_dir: Path,
    limits: Limits,
    clock: Callable[[], float] = time.monotonic,
    *,
    scores: bool = False,
    told: Callable[[Frame], None] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Generator[str, None, None]:
    """Yield JSON lines, kinds "opened", "peak", "closed", "clip", "error" and "status", until source or limits end.

    The peak frame of an event is written to evidence_dir as EVENT.jpg with its overlay. A source that cannot be read
    goes on being tried, and a status line says why. The watch is started here and closed in the end, also when the
    caller stops early. scores: also a line "score" for each frame; told is called with each analysed frame; it ends in
    order once stopping says so.
    """
    totals = _Totals()
    started = clock()
    told_at, last_status = float("-inf"), ""
    watch.start()
    try:
        while not stopping() and not _over(totals, clock() - started, limits):
            step = watch.step(STEP_S)
            yield from _facts(step, totals, evidence_dir, scores)
            if step.result is not None and told is not None:
                told(step.result.frame)
            status = step.source.status
            if clock() - told_at >= STATUS_EVERY_S or status != last_status:
                told_at, last_status = clock(), status
                yield _status(step, totals, watch)
            # A source that has ended may still hold its last frame.
            if step.result is None and (status == "ended" or (status == "offline" and step.source.retry_in_s is None)):
                break
    finally:
        last = watch.close()
    yield from _facts(last, totals, evidence_dir, scores)
    yield _status(last, totals, watch)


def replay_lines(steps: Iterable[Judged], *, scores: bool = False) -> Generator[str, None, None]:
    """Yield the lines of a replay: as those of the run that was recorded, without clips, and one status at the end."""
    totals = _Totals()
    for step in steps:
        if step.sight is not None:
            totals.count(step.sight, step.stage_s, step.error)
            yield from _of_frame(step.sight, step.score, step.fused, step.error, scores)
        for update in step.updates:
            totals.events += update.kind == "opened"
            yield _line(update.kind, **_without_kind(update))
    yield _line("status", source="recording", message="The recording was replayed to its end.", **totals.facts())


def _over(totals: _Totals, seconds: float, limits: Limits) -> bool:
    return (limits.frames is not None and totals.frames >= limits.frames) or (
        limits.seconds is not None and seconds >= limits.seconds
    )


def _facts(step: WatchStep, totals: _Totals, evidence_dir: Path, scores: bool) -> Iterator[str]:
    result = step.result
    if result is not None:
        totals.count(result, result.stage_s, result.error)
        yield from _of_frame(result.frame, result.score, result.fused, result.error, scores)
    for update in step.updates:
        totals.events += update.kind == "opened"
        if result is not None and update.kind != "closed":
            _write_peak(evidence_dir, update, result)
        yield _line(update.kind, **_without_kind(update))
    for clip in step.clips:
        yield _line(
            "clip",
            event_id=str(clip.event_id),
            path=str(clip.path),
            final=clip.final,
            started_at=clip.started_at,
            ended_at=clip.ended_at,
        )


def _of_frame(
    frame: Frame | Sight, score: FrameScore | None, fused: Fused | None, error: str, scores: bool
) -> Iterator[str]:
    if error:
        yield _line("error", message=error)
    elif scores and score is not None:
        facts = {"index": frame.index, "at_s": frame.at_s, "captured_at": frame.captured_at}
        senses = {"fused": fused.value, "shares": fused.shares} if fused is not None and fused.shares else {}
        yield _line("score", **facts, **asdict(score), **senses)


def _write_peak(folder: Path, update: EventUpdate, result: FrameResult) -> None:
    image = draw_poses(result.frame.image, result.bodies.poses, result.bodies.marked)
    picture = draw_overlay(image, result.tracks, update.reason)
    (folder / f"{update.event_id}.jpg").write_bytes(encode_jpeg(picture))


def _without_kind(update: EventUpdate) -> dict[str, Any]:
    facts = asdict(update)
    del facts["kind"]
    return {**facts, "event_id": str(update.event_id)}


def _status(step: WatchStep, totals: _Totals, watch: CameraWatch) -> str:
    score = step.result.score if step.result else None
    return _line(
        "status",
        source=step.source.status,
        message=step.source.message,
        retry_in_s=step.source.retry_in_s,
        score=score.value if score else None,
        warming_up=score.warming_up if score else None,
        dropped=step.source.dropped,
        fps=watch.analysed_fps,
        senses={sense.sense: sense.state for sense in watch.senses()},
        **totals.facts(),
    )


def _line(kind: str, **facts: Any) -> str:
    return json.dumps({"kind": kind, **facts}, default=str)
