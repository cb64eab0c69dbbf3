"""Print what a new camera makes of labelled clips: events found, missed and false.

    python -m bench.clips DIR [--detector builtin|MODEL.onnx] [--scorer baseline|robust] [--fps 5] [--preset balanced]
        [--models DIR]

DIR holds video files and a labels.json: {"file": {"duration_s": 30.0, "events": [{"kind": "fall", "start_s": 4.4,
"end_s": 11.3}]}}. Every clip is watched by a camera that has seen nothing before: the first seconds go by while it
warms up, and an event from the very start is what is usual to it. A true event is found when an alarm opens within it,
or up to TOLERANCE_S later; an alarm that overlaps no true event is false. --models adds the senses whose models that
folder has, as a models folder of an installation: pose, sound, scene.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import django

from detection.detect.registry import load_detector
from detection.events import PRESETS, preset
from detection.models import ModelStore
from detection.pipeline import PipelineSettings
from detection.score.registry import scorer_maker
from detection.sources import SourceSettings
from detection.types import EventUpdate
from detection.watch import CameraWatch, WatchSettings

TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """One event that was raised, clip seconds: its start, when it opened, its end, and its reason."""

    started_at: float
    opened_at: float
    ended_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """One clip's true events found (kind, latency in seconds) and missed (kind), and its false alarms."""

    found: tuple[tuple[str, float], ...]
    missed: tuple[str, ...]
    false: tuple[Alarm, ...]


def watch(path: Path, args: argparse.Namespace) -> list[Alarm]:
    """Return the alarms of one clip, seen by a new camera."""
    from cameras.senses import SensePlan
    from workers.senses import SenseModels

    settings = WatchSettings(
        pipeline=PipelineSettings(camera=path.name, events=preset(args.preset)),
        source=SourceSettings(real_time=False, max_width=args.width, audio=args.models is not None),
        analysis_fps=args.fps,
    )
    opened = SenseModels(ModelStore(args.models)) if args.models else None
    detector = load_detector(args.detector)
    plan, outlines = SensePlan(pose=True, audio=True, scene=True), args.detector.endswith(".onnx")
    senses = opened.senses(plan, path.name, outlines=outlines, live=False) if opened else None
    updates: list[EventUpdate] = []
    began = 0.0
    with tempfile.TemporaryDirectory() as folder:
        watch = CameraWatch(
            path.name, str(path), settings, detector, Path(folder), scorer_maker(args.scorer), senses=senses
        )
        watch.start()
        while (step := watch.step(5.0)).result is not None or step.source.status not in ("ended", "offline"):
            updates += step.updates
            if step.result is None:
                continue
            if step.result.error:
                raise SystemExit(f"{path.name}: {step.result.error}")
            began = step.result.frame.captured_at - step.result.frame.at_s
        updates += step.updates + watch.close().updates
    if opened is not None:
        opened.close()
    openings = {update.event_id: update.at for update in updates if update.kind == "opened"}
    return [
        Alarm(u.started_at - began, openings[u.event_id] - began, (u.ended_at or u.at) - began, u.reason)
        for u in updates
        if u.kind == "closed"
    ]


def tally(events: Sequence[dict[str, Any]], alarms: Sequence[Alarm]) -> Tally:
    """Return which events were found, which were missed, and which alarms were false."""
    found, missed = [], []
    for event in events:
        within = [a.opened_at for a in alarms if _meets(event, a) and a.opened_at >= event["start_s"]]
        if within:
            found.append((event["kind"], min(within) - event["start_s"]))
        else:
            missed.append(event["kind"])
    false = tuple(a for a in alarms if not any(_meets(event, a) for event in events))
    return Tally(tuple(found), tuple(missed), false)


def _meets(event: dict[str, Any], alarm: Alarm) -> bool:
    return bool(alarm.opened_at <= event["end_s"] + TOLERANCE_S and alarm.ended_at >= event["start_s"])


def main() -> None:
    """Watch the clips of the folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", default="builtin")
    parser.add_argument("--scorer", default="baseline")
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--models", type=Path, help="a models folder: senses beside the detector")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    cv2.setNumThreads(1)
    labels = json.loads((args.data / "labels.json").read_text())
    sums = [0, 0, 0]
    print("| clip | seconds | found (after) | missed | false |\n|---|---|---|---|---|")
    for name, facts in sorted(labels.items()):
        result = tally(facts["events"], watch(args.data / name, args))
        sums = [a + len(b) for a, b in zip(sums, (result.found, result.missed, result.false), strict=True)]
        found = ", ".join(f"{kind} ({after:.1f} s)" for kind, after in result.found) or "–"
        false = "; ".join(f"{a.started_at:.1f} s: {a.reason}" for a in result.false) or "–"
        print(
            f"| {name} | {facts['duration_s']:g} | {found} | {', '.join(result.missed) or '–'} | {false} |", flush=True
        )
    print(f"| all | | {sums[0]} | {sums[1]} | {sums[2]} |")


if __name__ == "__main__":
    main()
