"""Measure a machine under cameras: frames analysed, drops, processor time and memory of the watching process.

    python -m bench.cameras [--seconds 600] [--cameras 4] [--fps 5] [--video CLIP]

A whole installation is started for it. The figures per camera are those that the worker itself reports.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import psutil

from bench.installation import Bench, running_installation

SETTLE_S = 20.0
"""Connecting, first frames and the warming up of the score are not what is measured."""

SAMPLE_S = 5.0


def _watching_process(bench: Bench) -> psutil.Process:
    children = psutil.Process(bench.supervisor.pid).children(recursive=True)
    return next(child for child in children if any(part.startswith("watch.") for part in child.cmdline()))


def _rss_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def _states(bench: Bench) -> dict[str, tuple[str, float, int, int, dict[str, float]]]:
    from accounts.tenancy import tenant
    from cameras.models import CameraState

    with tenant(bench.organization_id):
        rows = CameraState.objects.select_related("camera").order_by("camera__name")
        return {row.camera.name: (row.status, row.analysed_fps, row.frames, row.dropped, row.stage_ms) for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second to analyse of each camera")
    parser.add_argument("--video", type=Path, help="a clip to loop; without it a scene of 640×480 is rendered")
    options = parser.parse_args()
    preset = {"threshold": 0.75, "analysed_fps": options.fps}
    with running_installation(video=options.video, cameras=options.cameras, **preset) as bench:
        time.sleep(SETTLE_S)
        process = _watching_process(bench)
        before, rss, spent = _states(bench), [_rss_mb(process)], process.cpu_times()
        rates: dict[str, list[float]] = {name: [] for name in bench.cameras}
        began = time.monotonic()
        while time.monotonic() - began < options.seconds:
            time.sleep(SAMPLE_S)
            rss.append(_rss_mb(process))
            for name, (_, fps, *_rest) in _states(bench).items():
                rates[name].append(fps)
        took = time.monotonic() - began
        used, after = process.cpu_times(), _states(bench)
        load = (used.user + used.system - spent.user - spent.system) / took
        for name, (status, _, frames, dropped, stages) in after.items():
            stage = "  ".join(f"{stage} {ms:.1f}" for stage, ms in stages.items())
            lost, given = dropped - before[name][3], frames - before[name][2]
            print(
                f"{name}: {status}, {statistics.mean(rates[name]):.2f} analysed fps (lowest {min(rates[name]):.2f}), "
                f"{lost} of {given} pictures replaced by a newer one, ms: {stage}"
            )
        print(f"watching process: {load:.2f} cores, {process.num_threads()} threads, over {took:.0f} s")
        every = round(60 / SAMPLE_S)
        print("RSS by minute, MB: " + " ".join(f"{each:.0f}" for each in rss[::every]))
        print(f"RSS {rss[0]:.0f} MB at the start, {rss[-1]:.0f} MB at the end, {max(rss):.0f} MB at most")


if __name__ == "__main__":
    main()
