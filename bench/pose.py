"""Measure the pose stage on clips: when and why it fires, and what it costs.

    python -m bench.pose MODEL.task DETECTOR.onnx CLIP… [--fps 5] [--budget-ms 25] [--degrade s35+q20+mir]

CLIP is a video or a folder of pictures (10 a second, as UCSD Ped2's). The table says for each clip in how many frames
each kind was found, when a fall was told first and why, the highest score, the looks taken, milliseconds a look, a
frame (mean and 95th percentile), and how many people were left for a later frame. --degrade is a chain joined by "+":
sN scaled to N %, nN noise of N grey levels, qN JPEG quality N, yN height only to N %, mir mirrored, grey, dark.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from detection.detect.base import Detector
from detection.detect.registry import load_detector
from detection.pose.landmarker import Landmarker, MediaPipeLandmarker
from detection.pose.settings import LookSettings, PoseSettings
from detection.pose.stage import PoseStage
from detection.track import DeepSortTracker
from detection.types import Image

PICTURES_FPS = 10.0


@dataclass
class Row:
    """What one clip gave."""

    frames: int = 0
    looks: int = 0
    late: int = 0
    highest: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    fall_s: float | None = None
    reason: str = ""
    frame_ms: list[float] = field(default_factory=list)


def pictures(path: Path, fps: float) -> Iterator[tuple[float, Image]]:
    """Yield (seconds, picture) at about fps pictures a second."""
    due = 0.0
    for at_s, image in _folder(path) if path.is_dir() else _video(path):
        if at_s + 1e-6 >= due:
            due += 1.0 / fps
            yield at_s, image


def _folder(path: Path) -> Iterator[tuple[float, Image]]:
    for index, name in enumerate(sorted(p for p in path.iterdir() if p.suffix in {".jpg", ".png", ".tif"})):
        image = cv2.imread(str(name), cv2.IMREAD_COLOR)
        if image is None:
            raise SystemExit(f"{name} is no picture.")
        yield index / PICTURES_FPS, np.asarray(image, np.uint8)


def _video(path: Path) -> Iterator[tuple[float, Image]]:
    clip = cv2.VideoCapture(str(path))
    if not clip.isOpened():
        raise SystemExit(f"{path} is no video.")
    fps, index = clip.get(cv2.CAP_PROP_FPS) or 25.0, 0
    while True:
        read, image = clip.read()
        if not read:
            clip.release()
            return
        yield index / fps, np.asarray(image, np.uint8)
        index += 1


def degraded(image: Image, chain: str, rng: np.random.Generator) -> Image:
    """Return the picture after every step of the chain."""
    for step in filter(None, chain.split("+")):
        if step == "mir":
            image = np.ascontiguousarray(image[:, ::-1])
        elif step == "grey":
            image = np.repeat(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[:, :, None], 3, axis=2)
        elif step == "dark":
            image = (image * 0.4).astype(np.uint8)
        elif step[0] in "sy":
            share = int(step[1:]) / 100
            across = share if step[0] == "s" else 1.0
            image = np.asarray(cv2.resize(image, None, fx=across, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
        elif step[0] == "n":
            image = np.clip(image + rng.normal(0, int(step[1:]), image.shape), 0, 255).astype(np.uint8)
        elif step[0] == "q":
            _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(step[1:])])
            image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
        else:
            raise SystemExit(f"There is no step '{step}' to degrade a picture with.")
    return image


def watch(frames: Iterator[tuple[float, Image]], detector: Detector, stage: PoseStage) -> Row:
    """Return what one clip gives, from detection to finding."""
    row, tracker = Row(), DeepSortTracker()
    for at_s, image in frames:
        tracks = tracker.update(image, detector.detect([image], ["bench"])[0], at_s)
        started = time.perf_counter()
        reading = stage.look(image, tracks, at_s)
        found = stage.judge(reading, tracks, at_s)
        row.frame_ms.append((time.perf_counter() - started) * 1000)
        row.frames += 1
        row.looks += len(reading.ids) + len(reading.failed)
        row.late += reading.out_of_budget
        row.highest = max(row.highest, found.score)
        row.kinds.update(found.kinds)
        if row.fall_s is None and "fall" in found.kinds:
            row.fall_s, row.reason = at_s, found.reason
    return row


def measure(path: Path, detector: Detector, landmarker: Landmarker, args: argparse.Namespace) -> Row:
    """Return what one clip gives with a stage of its own."""
    rng = np.random.default_rng(1)
    frames = ((at_s, degraded(image, args.degrade, rng)) for at_s, image in pictures(path, args.fps))
    stage = PoseStage(landmarker, PoseSettings(look=LookSettings(budget_ms=args.budget_ms)))
    return watch(frames, detector, stage)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("detector")
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--budget-ms", type=float, default=25.0)
    parser.add_argument("--degrade", default="")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    detector = load_detector(args.detector)
    head = ("clip", "frames", "fall at", "top", "looks", "ms/look", "ms/frame", "p95", "late", "found in frames")
    print("{:<28}{:>7}{:>9}{:>6}{:>7}{:>9}{:>10}{:>7}{:>7}  {}".format(*head))
    with MediaPipeLandmarker(args.model) as landmarker:
        for path in args.clips:
            row = measure(path, detector, landmarker, args)
            spent = np.array(row.frame_ms or [0.0])
            fall = "–" if row.fall_s is None else f"{row.fall_s:.2f} s"
            kinds = ", ".join(f"{kind} {count}" for kind, count in row.kinds.most_common()) or "nothing"
            print(
                f"{path.stem[:27]:<28}{row.frames:>7}{fall:>9}{row.highest:>6.2f}{row.looks:>7}"
                f"{spent.sum() / max(1, row.looks):>9.1f}{spent.mean():>10.1f}{np.percentile(spent, 95):>7.1f}"
                f"{row.late:>7}  {kinds}{'. ' + row.reason if row.reason else ''}",
                flush=True,
            )


if __name__ == "__main__":
    main()
