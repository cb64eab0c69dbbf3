"""Watch one source and tell of it in JSON lines: what `manage.py watch` prints, without Django."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from detection.evidence import draw_overlay, encode_jpeg
from detection.pipeline import FrameResult
from detection.types import EventUpdate
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
    events: int = 0
    errors: int = 0
    stage_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


def watch_lines(
    watch: CameraWatch, evidence_dir: Path, limits: Limits, clock: Callable[[], float] = time.monotonic
) -> Iterator[str]:
    """Yield JSON lines, kinds "opened", "peak", "closed", "clip", "error" and "status", until source or limits end.

    The peak frame of an event is written to evidence_dir as EVENT.jpg with its overlay. A source that cannot be read
    goes on being tried, and a status line says why. The watch is started here and closed in the end, also when the
    caller stops early.
    """
    totals = _Totals()
    started = clock()
    told_at, told = float("-inf"), ""
    watch.start()
    try:
        while not _over(totals, clock() - started, limits):
            step = watch.step(STEP_S)
            yield from _facts(step, totals, evidence_dir)
            status = step.source.status
            if clock() - told_at >= STATUS_EVERY_S or status != told:
                told_at, told = clock(), status
                yield _status(step, totals)
            if status == "ended" or (status == "offline" and step.source.retry_in_s is None):
                break
    finally:
        last = watch.close()
    yield from _facts(last, totals, evidence_dir)
    yield _status(last, totals)


def _over(totals: _Totals, seconds: float, limits: Limits) -> bool:
    return (limits.frames is not None and totals.frames >= limits.frames) or (
        limits.seconds is not None and seconds >= limits.seconds
    )


def _facts(step: WatchStep, totals: _Totals, evidence_dir: Path) -> Iterator[str]:
    result = step.result
    if result is not None:
        totals.frames += 1
        totals.skipped += not result.gate.open
        for stage, seconds in result.stage_s.items():
            totals.stage_s[stage] += seconds
        if result.error:
            totals.errors += 1
            yield _line("error", message=result.error)
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


def _write_peak(folder: Path, update: EventUpdate, result: FrameResult) -> None:
    picture = draw_overlay(result.frame.image, result.tracks, update.reason)
    (folder / f"{update.event_id}.jpg").write_bytes(encode_jpeg(picture))


def _without_kind(update: EventUpdate) -> dict[str, Any]:
    facts = asdict(update)
    del facts["kind"]
    return {**facts, "event_id": str(update.event_id)}


def _status(step: WatchStep, totals: _Totals) -> str:
    score = step.result.score if step.result else None
    return _line(
        "status",
        source=step.source.status,
        message=step.source.message,
        retry_in_s=step.source.retry_in_s,
        score=score.value if score else None,
        warming_up=score.warming_up if score else None,
        frames=totals.frames,
        skipped_by_gate=totals.skipped,
        dropped=step.source.dropped,
        events=totals.events,
        detector_errors=totals.errors,
        stage_ms={name: round(1000 * total / max(1, totals.frames), 2) for name, total in totals.stage_s.items()},
    )


def _line(kind: str, **facts: Any) -> str:
    return json.dumps({"kind": kind, **facts}, default=str)
