"""Real clips through detector, tracker and model: the staged fall is told in time, and nothing else is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.pose import Row, degraded, pictures, watch
from detection.detect.onnx import OnnxDetector
from detection.pose.landmarker import MediaPipeLandmarker
from detection.pose.settings import LookSettings, PoseSettings
from detection.pose.stage import PoseStage
from detection.types import Detection, Image
from tests.shared_data import shared

FALL_S, WITHIN_S = 4.4, 1.5
UNHURRIED = PoseSettings(look=LookSettings(budget_ms=10_000.0))
"""What is found shall not depend on how busy the machine is that runs the tests."""


@pytest.fixture(scope="module")
def landmarker() -> Iterator[MediaPipeLandmarker]:
    with MediaPipeLandmarker(shared("weights/pose_landmarker_lite.task")) as opened:
        yield opened


@pytest.fixture(scope="module")
def detector() -> OnnxDetector:
    return OnnxDetector(shared("weights/yolov8n_416.onnx"))


def _watch(path: Path, fps: float, chain: str, detector: OnnxDetector, landmarker: MediaPipeLandmarker) -> Row:
    rng = np.random.default_rng(3)
    frames = ((at_s, degraded(image, chain, rng)) for at_s, image in pictures(path, fps))
    return watch(frames, detector, PoseStage(landmarker, UNHURRIED))


@pytest.mark.parametrize(
    ("fps", "chain"), [(5.0, ""), (10.0, ""), (5.0, "s50+mir+q20"), (5.0, "s35+n10"), (5.0, "y70+s50"), (5.0, "dark")]
)
def test_the_staged_fall_is_told_in_time(
    fps: float, chain: str, detector: OnnxDetector, landmarker: MediaPipeLandmarker
) -> None:
    row = _watch(shared("videos/staged_fall_warehouse.mp4"), fps, chain, detector, landmarker)
    assert row.fall_s is not None
    assert FALL_S <= row.fall_s <= FALL_S + WITHIN_S
    assert row.highest >= 0.9


class NobodyLies:
    """A detector that does not know people who lie: it gives no box that is wider than high."""

    name, version = "nobody lies", "1"

    def __init__(self, inner: OnnxDetector) -> None:
        self._inner = inner

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        found = self._inner.detect(images, cameras)
        return [[d for d in one if d.box[3] - d.box[1] > d.box[2] - d.box[0]] for one in found]

    def forget(self, camera: str) -> None:
        """Do nothing."""


@pytest.mark.parametrize("fps", [5.0, 10.0])
def test_the_fall_is_told_where_the_detector_does_not_know_people_who_lie(
    fps: float, detector: OnnxDetector, landmarker: MediaPipeLandmarker
) -> None:
    path = shared("videos/staged_fall_warehouse.mp4")
    row = watch(pictures(path, fps), NobodyLies(detector), PoseStage(landmarker, UNHURRIED))
    assert row.fall_s is not None
    assert FALL_S <= row.fall_s <= FALL_S + WITHIN_S


@pytest.mark.parametrize("name", ["aboda_video4.avi", "ubnormal_norm_s16.mp4", "ai_vg_intrusion.mp4"])
def test_ordinary_people_do_not_fall(name: str, detector: OnnxDetector, landmarker: MediaPipeLandmarker) -> None:
    row = _watch(shared(f"videos/{name}"), 5.0, "", detector, landmarker)
    assert row.looks > 10
    assert row.kinds["fall"] == row.kinds["lying"] == 0
    assert row.highest < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("fps", [5.0, 10.0])
@pytest.mark.parametrize("name", ["intel_one-by-one-person.mp4", "opencv_vtest_480x360.avi"])
def test_minutes_of_walking_and_standing_hold_no_fall(
    name: str, fps: float, detector: OnnxDetector, landmarker: MediaPipeLandmarker
) -> None:
    row = _watch(shared(f"videos/{name}"), fps, "", detector, landmarker)
    assert row.kinds["fall"] == row.kinds["lying"] == 0
    assert row.highest < 0.6


@pytest.mark.slow
def test_nothing_is_found_in_normal_footage_of_small_people(
    detector: OnnxDetector, landmarker: MediaPipeLandmarker
) -> None:
    clips = [p for p in sorted(shared("ucsd_ped2/Train").iterdir()) if p.is_dir()]
    rows = [_watch(clip, 10.0, "", detector, landmarker) for clip in clips]
    assert sum(row.kinds["fall"] + row.kinds["lying"] for row in rows) == 0
    assert max(row.highest for row in rows) < 0.6
