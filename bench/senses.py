"""Measure what each sense adds to the cost of a camera: processor time for a second of footage, and memory.

    python -m bench.senses CLIP [--detector FILE.onnx] [--models DIR] [--fps 5]

Each row is a run of its own process over the whole clip, with the detector and one sense more than the first row; what
a sense adds is the difference to the first row of the same run. The first seconds do not count. A sense whose model is
not in DIR is left out, and the line says what is missing. Sound is only heard if the clip has some.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_S = 3.0
"""What is done once, such as reading the descriptions, is over after so much of the footage, and not counted."""
SENSES = ("", "pose", "audio", "scene")


def run(clip: str, detector: str, models: str, fps: float, sense: str) -> dict[str, object]:
    """Return the figures of one run, made in a process of its own."""
    command = [sys.executable, "-m", "bench.senses", clip, "--detector", detector, "--models", models]
    command += ["--fps", str(fps), "--only", sense or "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    facts: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return facts


def measure(clip: str, detector: str, models: Path, fps: float, sense: str) -> dict[str, object]:
    """Watch the clip to its end; return seconds of footage, processor seconds, memory and the time in the sense."""
    import cv2
    import django
    import psutil

    django.setup()
    from cameras.senses import SensePlan
    from detection.detect.registry import load_detector
    from detection.models import ModelStore
    from detection.sources import SourceSettings
    from detection.watch import CameraWatch, WatchSettings
    from workers.senses import SenseModels

    cv2.setNumThreads(1)
    plan = SensePlan(pose=sense == "pose", audio=sense == "audio", scene=sense == "scene")
    loaded = load_detector(detector)
    opened = SenseModels(ModelStore(models))
    senses = opened.senses(plan, "bench", live=False)
    state = next((s for s in senses.states() if s.sense == sense), None)
    settings = WatchSettings(source=SourceSettings(real_time=False, audio=plan.audio), analysis_fps=fps)
    at_s, frames, inside_s, began_s, begun_at_s = 0.0, 0, 0.0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        watch = CameraWatch("bench", clip, settings, loaded, Path(folder), senses=senses)
        watch.start()
        while (step := watch.step(5.0)).result is not None or step.source.status not in ("ended", "offline"):
            if step.result is None:
                continue
            if not frames and step.result.frame.at_s < START_S:
                began_s, begun_at_s = time.process_time(), step.result.frame.at_s
                continue
            frames, at_s = frames + 1, step.result.frame.at_s - begun_at_s
            inside_s += step.result.stage_s.get(sense, 0.0)
        spent_s = time.process_time() - began_s
        watch.close()
    memory_mb = psutil.Process().memory_info().rss / 1e6
    opened.close()
    return {
        "footage_s": at_s,
        "frames": frames,
        "spent_s": spent_s,
        "inside_s": inside_s,
        "memory_mb": memory_mb,
        "state": state.state if state else "",
        "message": state.message if state else "",
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("--detector", default="builtin")
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("VEDETTE_MODELS", "var/models")))
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--only", choices=[*SENSES[1:], "none"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        sense = "" if args.only == "none" else args.only
        print(json.dumps(measure(args.clip, args.detector, args.models, args.fps, sense)))
        return
    print(f"{'sense':<10}{'ms a frame':>12}{'ms of processor':>18}{'added':>10}{'memory':>10}{'added':>10}")
    print(f"{'':<10}{'in the sense':>12}{'a second':>18}{'':>10}{'MB':>10}{'MB':>10}")
    base: dict[str, float] = {}
    for sense in SENSES:
        facts = run(args.clip, args.detector, str(args.models), args.fps, sense)
        if sense and facts["state"] == "missing model" and not float(str(facts["inside_s"])):
            print(f"{sense:<10}left out: {facts['message']}")
            continue
        spent = 1000.0 * float(str(facts["spent_s"])) / float(str(facts["footage_s"]))
        inside = 1000.0 * float(str(facts["inside_s"])) / float(str(facts["frames"]))
        memory = float(str(facts["memory_mb"]))
        base = base or {"spent": spent, "memory": memory}
        print(
            f"{sense or 'none':<10}{inside:>12.1f}{spent:>18.1f}{spent - base['spent']:>10.1f}"
            f"{memory:>10.0f}{memory - base['memory']:>10.0f}",
            flush=True,
        )
        if facts["message"]:
            print(f"{'':<10}{facts['message']}")


if __name__ == "__main__":
    main()
