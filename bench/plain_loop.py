"""Measure the plain loop that systems of this kind run for each camera, for `bench.fit` to compare with.

    python -m bench.plain_loop CLIP --weights yolov8n.pt [--seconds 30] [--json]

Each frame of the clip, one after the other, as fast as it goes: decode with OpenCV, Ultralytics YOLOv8n at 640 in torch
at its default confidence, DeepSORT (deep_sort_realtime, all settings as they come, so with its own MobileNetV2 in
torch), the 24 features, 100 LightGBM trees over them. Torch has as many threads as it takes for itself. The trees are
trained here on random numbers, as only their cost counts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

import cv2
import numpy as np
import psutil

from detection.features import FEATURES, FeatureExtractor
from detection.types import Track

SIDE = 640
SURE = 0.35
"""People of at least this confidence are those that others are asked to find, too."""
WARM_UP_FRAMES = 5
"""The first frames load and set up what later ones use."""


def run(clip: Path, weights: Path, seconds: float) -> dict[str, Any]:
    """Run the loop for so many seconds.

    Returns fps (frames a second), core_ms (processor time a frame), stages (milliseconds a frame), rss_mb, and people:
    for each frame's index the boxes (left, top, right, bottom in pixels) of the people found.
    """
    from deep_sort_realtime.deepsort_tracker import DeepSort
    from ultralytics import YOLO

    model, tracker, extractor, trees = YOLO(str(weights)), DeepSort(), FeatureExtractor(), _trees()
    stages: dict[str, float] = defaultdict(float)
    people: dict[str, list[list[float]]] = {}
    video = cv2.VideoCapture(str(clip))
    rate = video.get(cv2.CAP_PROP_FPS) or 25.0
    process = psutil.Process()
    before = process.cpu_times()
    index, frames, started = 0, 0, 0.0
    while frames == 0 or time.perf_counter() - started < seconds:
        if index == WARM_UP_FRAMES:
            stages.clear()
            started, before = time.perf_counter(), process.cpu_times()
        clock = [time.perf_counter()]
        there, image = video.read()
        if not there:
            break
        clock.append(time.perf_counter())
        boxes = model.predict(image, imgsz=SIDE, device="cpu", verbose=False)[0].boxes
        raw = [
            ([x0, y0, x1 - x0, y1 - y0], confidence, model.names[int(kind)])
            for (x0, y0, x1, y1), confidence, kind in zip(
                boxes.xyxy.tolist(), boxes.conf.tolist(), boxes.cls.tolist(), strict=True
            )
        ]
        clock.append(time.perf_counter())
        tracks = [_track(each) for each in tracker.update_tracks(raw, frame=image) if each.is_confirmed()]
        clock.append(time.perf_counter())
        features = extractor.extract(tracks, image.shape[:2], index / rate)
        clock.append(time.perf_counter())
        trees.predict(np.array([[getattr(features, name) for name in FEATURES]]))
        clock.append(time.perf_counter())
        for i, stage in enumerate(("decode", "detect", "track", "features", "score")):
            stages[stage] += clock[i + 1] - clock[i]
        people[str(index)] = [
            [box[0], box[1], box[0] + box[2], box[1] + box[3]]
            for box, confidence, label in raw
            if label == "person" and confidence >= SURE
        ]
        index += 1
        frames = max(0, index - WARM_UP_FRAMES)
    took_s, after = time.perf_counter() - started, process.cpu_times()
    if not frames:
        raise SystemExit(f"{clip.name} holds too few pictures to measure with.")
    return {
        "fps": frames / took_s,
        "core_ms": (after.user + after.system - before.user - before.system) / frames * 1e3,
        "stages": {stage: total / frames * 1e3 for stage, total in stages.items()},
        "rss_mb": process.memory_info().rss / 2**20,
        "people": people,
    }


def _track(raw: Any) -> Track:
    left, top, right, bottom = (float(v) for v in raw.to_ltrb())
    return Track(int(raw.track_id), (left, top, right, bottom), raw.get_det_class(), 1.0, raw.age, raw.age / 25.0)


def _trees() -> Any:
    import lightgbm

    random = np.random.default_rng(0)
    rows, labels = random.random((2000, len(FEATURES))), random.integers(0, 2, 2000)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    return lightgbm.train(settings, lightgbm.Dataset(rows, labels), num_boost_round=100)


def main() -> None:
    """Run the loop and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true", help="print everything, people too, as JSON in one line")
    args = parser.parse_args()
    found = run(args.clip, args.weights, args.seconds)
    if args.json:
        print(json.dumps(found))
        return
    each = "  ".join(f"{stage} {ms:.1f}" for stage, ms in found["stages"].items())
    print(f"{found['fps']:.2f} frames a second, {found['rss_mb']:.0f} MB; {found['core_ms']:.0f} ms of a core a frame")
    print(f"ms a frame: {each}")
    print(f"mean people a frame: {fmean(len(boxes) for boxes in found['people'].values()):.1f}")


if __name__ == "__main__":
    main()
