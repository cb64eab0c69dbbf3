"""A detector measures itself on what it sees, and takes another engine only where that one sees the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.pipeline import frames
from detection.detect import measured as measuring
from detection.detect.base import DetectorError
from detection.detect.engines import OnnxRuntimeEngine
from detection.detect.measured import MeasuredDetector, agreement, machine
from detection.types import Detection
from tests.shared_data import shared

PLAIN = "ONNX Runtime CPU"


@pytest.fixture(scope="module")
def pictures():
    return [f.image for f in frames(shared("videos/opencv_vtest_480x360.avi"), 0.25, 480)]


class Faster(OnnxRuntimeEngine):
    """The plain engine under another name, said to be quick; spoil changes what it answers."""

    def __init__(self, path: Path, spoil: float = 0.0) -> None:
        super().__init__(path)
        self.name, self._spoil = "quick one", spoil

    def run(self, inputs):
        return super().run(inputs) + self._spoil


@pytest.fixture
def detector(tmp_path, monkeypatch):
    """Measure yolox_nano with one more engine, whose times are cut by half."""
    path = shared("weights/yolox_nano_416.onnx")
    seconds = iter(range(1000))

    def make(spoil: float = 0.0) -> MeasuredDetector:
        made = MeasuredDetector(path, tmp_path / "engines", monotonic=lambda: float(next(seconds)))
        monkeypatch.setattr(made, "_candidates", lambda pictures: [lambda: Faster(path, spoil)])
        return made

    compared = measuring._compared

    def halved(detectors, given, reference):
        found = compared(detectors, given, reference)
        return [c if c.engine == PLAIN else measuring.Candidate(c.engine, found[0].ms / 2, c.agreement) for c in found]

    monkeypatch.setattr(measuring, "_compared", halved)
    return make


def test_a_quicker_engine_that_sees_the_same_is_taken_and_remembered(detector, pictures, tmp_path):
    made = detector()
    assert (made.engine, made.measured) == (PLAIN, None)
    before = [made.detect([picture], ["a"])[0] for picture in pictures[:8]]
    assert made.wait(60)
    assert made.engine == "quick one"
    assert made.measured is not None
    assert made.measured.objects == sum(len(each) for each in before)
    assert [c.agreement for c in made.measured.candidates] == [1.0, 1.0]
    assert [made.detect([picture], ["a"])[0] for picture in pictures[:8]] == before
    (kept,) = (tmp_path / "engines").glob("*.json")
    assert json.loads(kept.read_text())["engine"] == "quick one"


def test_one_that_sees_other_things_is_not(detector, pictures):
    made = detector(spoil=0.35)
    for picture in pictures[:8]:
        made.detect([picture], ["a"])
    assert made.wait(60)
    assert made.engine == PLAIN
    assert made.measured is not None
    assert made.measured.candidates[1].agreement < 0.5


def test_empty_pictures_tell_nothing(detector, pictures):
    made = detector()
    for _ in range(20):
        made.detect([pictures[0] * 0], ["a"])
    assert made._worker is None
    assert made._pictures == []


def test_what_was_measured_elsewhere_or_is_broken_is_measured_again(tmp_path, pictures):
    path, folder = shared("weights/yolox_nano_416.onnx"), tmp_path / "engines"
    first = MeasuredDetector(path, folder)
    assert first.measured is None
    found = measuring.Measured("yolox_nano_416", first._plain.digest, (416, 416), machine(), PLAIN, 9, ())
    first._keep(found)
    assert MeasuredDetector(path, folder).measured == found
    first._keep(measuring.Measured("yolox_nano_416", first._plain.digest, (416, 416), "another machine", PLAIN, 9, ()))
    assert MeasuredDetector(path, folder).measured is None
    first._keep(
        measuring.Measured("yolox_nano_416", first._plain.digest, (416, 416), machine(), "OpenVINO int8", 9, ())
    )
    assert MeasuredDetector(path, folder).engine == PLAIN, "the eight-bit file is gone"
    first._kept().write_text("{")
    assert MeasuredDetector(path, folder).measured is None


def test_the_real_engines_are_tried(tmp_path, pictures):
    """The precisions that this machine has no instructions for may be slow; they must be there and told."""
    made = MeasuredDetector(shared("weights/yolox_nano_416.onnx"), tmp_path, monotonic=iter(range(1000)).__next__)
    for picture in pictures[:8]:
        made.detect([picture], ["a"])
    assert made.wait(120)
    assert made.measured is not None
    told = {c.engine: c.agreement for c in made.measured.candidates}
    assert set(told) == {PLAIN, "OpenVINO f32", "OpenVINO bf16", "OpenVINO int8"}
    assert told["OpenVINO f32"] == 1.0
    assert made.measured.engine in told


def person(left: float, confidence: float, label: str = "person") -> Detection:
    return Detection((left, 0.0, left + 10, 20.0), label, confidence)


@pytest.mark.parametrize(
    ("reference", "found", "expected"),
    [
        ([person(0, 0.8)], [person(0, 0.75)], (1, 1)),
        ([person(0, 0.8)], [person(0, 0.6)], (0, 2)),
        ([person(0, 0.8)], [person(5, 0.8)], (0, 2)),
        ([person(0, 0.8)], [person(0, 0.8, "dog")], (0, 2)),
        ([person(0, 0.8), person(50, 0.37)], [person(0, 0.8)], (1, 1)),
        ([person(0, 0.8)], [person(0, 0.8), person(90, 0.9)], (1, 2)),
        ([], [], (0, 0)),
    ],
)
def test_agreement_counts_what_either_is_sure_of(reference, found, expected):
    assert agreement(reference, found) == expected


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "lie.onnx").write_bytes(b"no model")
    with pytest.raises(DetectorError, match=r"lie\.onnx is not a readable ONNX model"):
        MeasuredDetector(tmp_path / "lie.onnx", tmp_path)
