"""Real YOLO files find the people of a real plaza; other files are refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from bench.pipeline import frames
from detection.detect.base import DetectorError
from detection.detect.onnx import OnnxDetector
from detection.detect.registry import load_detector
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("weights", "family"),
    [("yolox_nano_416.onnx", "yolox"), ("yolov8n_416.onnx", "yolov8"), ("yolov8n_640.onnx", "yolov8")],
)
def test_real_weights_find_people_and_a_van(weights, family):
    detector = OnnxDetector(shared(f"weights/{weights}"))
    assert detector.version.startswith(f"{family}-")
    seen = [f.image for f in frames(shared("videos/opencv_vtest_480x360.avi"), 1.0, 640)][20:23]
    batched = detector.detect(seen, ["a", "b", "c"])
    alone = [detector.detect([image], ["a"])[0] for image in seen]
    assert batched == alone
    for found in batched:
        labels = [d.label for d in found]
        assert 3 <= labels.count("person") <= 9
        for d in found:
            left, top, right, bottom = d.box
            assert 0 <= left < right <= 480
            assert 0 <= top < bottom <= 360
            assert 0.35 <= d.confidence <= 1.0


def test_an_empty_batch_is_an_empty_answer():
    assert OnnxDetector(shared("weights/yolox_nano_416.onnx")).detect([], []) == []


def test_a_picture_of_another_shape_works():
    detector = OnnxDetector(shared("weights/yolox_nano_416.onnx"))
    assert detector.detect([np.zeros((9, 700, 3), np.uint8)], ["a"]) == [[]]


def test_a_corrupt_file_is_named(tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is no network")
    with pytest.raises(DetectorError, match=r"^The file broken.onnx is not a readable ONNX model: .* Fetch it again.$"):
        OnnxDetector(broken)


def test_a_truncated_file_is_named(tmp_path):
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(shared("weights/yolox_nano_416.onnx").read_bytes()[:1_000_000])
    with pytest.raises(DetectorError, match=r"^The file cut.onnx is not a readable ONNX model: "):
        OnnxDetector(cut)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DetectorError, match=r"^There is no model file gone.onnx in "):
        load_detector(str(tmp_path / "gone.onnx"))


def test_an_unknown_detector_says_what_there_is():
    with pytest.raises(
        DetectorError, match=r"^There is no detector 'yolo'. Use 'builtin' or the path of an .onnx file.$"
    ):
        load_detector("yolo")
    assert load_detector("builtin").name == "builtin"
