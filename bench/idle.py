"""Measure what cameras cost on which nothing happens: processor time of the watching process, per camera.

    python -m bench.idle [--seconds 600] [--cameras 4] [--fps 15] [--size 640x480]

A still scene with a sensor's noise is written as H.264, looped by every camera of a whole installation, and watched.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import av
import cv2
import numpy as np
import psutil

from bench.cameras import SETTLE_S, _states, _watching_process
from bench.installation import running_installation
from detection.synthetic import plaza_frames

LENGTH_S = 20.0
NOISE = 2.0
"""Grey levels of a sensor's noise in good light."""


def still_clip(path: Path, size: tuple[int, int], fps: float) -> None:
    """Write a clip of the empty plaza with fresh noise in every picture."""
    image, _ = next(iter(plaza_frames(seed=7, fps=1.0, seconds=20.0)))
    scene = cv2.resize(image, size).astype(np.float32)
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=round(fps))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(round(LENGTH_S * fps)):
            noisy = np.clip(scene + rng.normal(0.0, NOISE, scene.shape), 0, 255).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
        out.mux(stream.encode(None))


def main() -> None:
    """Print the cost of each camera, minute by minute."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--fps", type=int, default=15, help="pictures a second that the cameras send")
    parser.add_argument("--size", default="640x480")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "still.mp4"
        still_clip(clip, (width, height), options.fps)
        with running_installation(video=clip, cameras=options.cameras, threshold=0.75, analysed_fps=5.0) as bench:
            time.sleep(SETTLE_S)
            process = _watching_process(bench)
            began, spent, shares = time.monotonic(), _seconds(process), []
            while time.monotonic() - began < options.seconds:
                before, started = _seconds(process), time.monotonic()
                time.sleep(min(60.0, options.seconds))
                shares.append((_seconds(process) - before) / (time.monotonic() - started) / options.cameras)
            whole = (_seconds(process) - spent) / (time.monotonic() - began) / options.cameras
            for name, (status, fps, *_, stages) in _states(bench).items():
                told = "  ".join(f"{stage} {ms:.2f}" for stage, ms in stages.items())
                print(f"{name}: {status}, {fps:.2f} analysed fps, ms: {told}")
            print("share of one core a camera, by minute: " + " ".join(f"{share:.1%}" for share in shares))
            print(f"{whole:.2%} of one core a camera over {time.monotonic() - began:.0f} s")


def _seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


if __name__ == "__main__":
    main()
