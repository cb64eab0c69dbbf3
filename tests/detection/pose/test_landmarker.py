"""The real model: opened, closed, found in a picture; and files that are none are refused by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.pose.bundle import FINDER, LEAST_BYTES, MARK, POINTER, check_bundle
from detection.pose.errors import PoseError
from detection.pose.landmarker import MediaPipeLandmarker
from detection.pose.points import ANKLES, HIPS, NOSE, X, Y
from tests.shared_data import shared

WAY_OUT = "Run `manage.py models verify`, and fetch it again with `manage.py models pull`."


def _zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in members.items():
            bundle.writestr(name + ".tflite", content)
    return path


def _refused(path: Path) -> str:
    with pytest.raises(PoseError) as caught:
        MediaPipeLandmarker(path)
    return str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert _refused(tmp_path / "pose.task") == (
        f"There is no pose model pose.task in {tmp_path}. "
        "Install it with `manage.py models pull`, or check what is there with `manage.py models verify`."
    )


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "pose.task").write_bytes(b"")
    assert _refused(tmp_path / "pose.task") == f"The pose model pose.task is empty (0 bytes). {WAY_OUT}"


def test_another_kind_of_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "pose.task").write_bytes(b"<html>not found</html>" * 1000)
    told = f"The pose model pose.task is cut off, damaged or another kind of file. {WAY_OUT}"
    assert _refused(tmp_path / "pose.task") == told


def test_another_bundle_is_named_with_what_it_holds(tmp_path: Path) -> None:
    path = _zip(tmp_path / "pose.task", hand_detector=b"x", hand_landmarks_detector=b"y")
    assert _refused(path) == (
        "The file pose.task is not a pose model: it holds hand_detector.tflite, hand_landmarks_detector.tflite. "
        f"{WAY_OUT}"
    )


def test_parts_of_another_size_or_kind_are_named(tmp_path: Path) -> None:
    small = _zip(tmp_path / "small.task", pose_detector=b"x", pose_landmarks_detector=b"y")
    assert _refused(small) == (
        f"The file small.task is not a pose model: its part pose_detector.tflite has 1 bytes. {WAY_OUT}"
    )
    other = bytes(LEAST_BYTES)
    kind = _zip(tmp_path / "kind.task", pose_detector=other, pose_landmarks_detector=other)
    assert _refused(kind) == (
        f"The file kind.task is not a pose model: its part {FINDER} is no TensorFlow Lite. {WAY_OUT}"
    )
    noise = bytes(4) + MARK + np.random.default_rng(1).bytes(LEAST_BYTES)
    damaged = _zip(tmp_path / "noise.task", pose_detector=noise, pose_landmarks_detector=noise)
    assert _refused(damaged) == f"The pose model noise.task has a damaged part {FINDER}. {WAY_OUT}"


def _parts() -> tuple[bytes, bytes, bytes]:
    path = shared("weights/pose_landmarker_lite.task")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as bundle:
        return path.read_bytes(), bundle.read(FINDER), bundle.read(POINTER)


def test_a_truncated_or_altered_real_bundle_is_refused(tmp_path: Path) -> None:
    whole, _, _ = _parts()
    told = "is cut off, damaged or another kind of file."
    (tmp_path / "cut.task").write_bytes(whole[: len(whole) // 2])
    assert told in _refused(tmp_path / "cut.task")
    altered = bytearray(whole)
    altered[len(whole) // 3] ^= 255
    (tmp_path / "altered.task").write_bytes(bytes(altered))
    assert told in _refused(tmp_path / "altered.task")


def test_a_real_bundle_with_its_models_swapped_is_refused(tmp_path: Path) -> None:
    _, finder, pointer = _parts()
    path = _zip(tmp_path / "pose.task", pose_detector=pointer, pose_landmarks_detector=finder)
    assert _refused(path).startswith("The file pose.task was swapped for another model: its part pose_detector.tflite")
    sounds = shared("weights/yamnet.tflite").read_bytes()
    path = _zip(tmp_path / "pose.task", pose_detector=finder, pose_landmarks_detector=sounds)
    told = f"its part {POINTER} takes (15600,) and gives [521]"
    assert _refused(path) == f"The file pose.task was swapped for another model: {told}. {WAY_OUT}"


def test_the_real_bundle_is_known() -> None:
    bundle = check_bundle(shared("weights/pose_landmarker_lite.task"))
    assert bundle.variant == "lite"
    assert bundle.version.startswith("lite-")


@pytest.fixture(scope="module")
def landmarker() -> Iterator[MediaPipeLandmarker]:
    with MediaPipeLandmarker(shared("weights/pose_landmarker_lite.task")) as opened:
        yield opened


def test_a_standing_worker_is_found(landmarker: MediaPipeLandmarker) -> None:
    clip = cv2.VideoCapture(str(shared("videos/staged_fall_warehouse.mp4")))
    clip.set(cv2.CAP_PROP_POS_FRAMES, 48)
    read, image = clip.read()
    clip.release()
    assert read
    crop = np.ascontiguousarray(image[0:260, 160:420])
    pose = landmarker.find(crop)
    assert pose is not None
    assert (pose.shape, pose.dtype) == ((33, 5), np.float32)
    assert pose[NOSE, Y] < pose[list(HIPS), Y].mean() < pose[list(ANKLES), Y].mean()
    assert 80 <= pose[list(HIPS), X].mean() <= 180
    assert pose[:, 3:].min() >= 0.0
    assert pose[:, 3:].max() <= 1.0


def test_an_empty_picture_has_nobody(landmarker: MediaPipeLandmarker) -> None:
    assert landmarker.find(np.full((256, 256, 3), 90, np.uint8)) is None


def test_a_closed_model_says_so_and_closes_twice() -> None:
    opened = MediaPipeLandmarker(shared("weights/pose_landmarker_lite.task"))
    opened.close()
    opened.close()
    with pytest.raises(PoseError, match=r"The pose model pose_landmarker_lite\.task was closed\. Open it again\."):
        opened.find(np.zeros((256, 256, 3), np.uint8))
