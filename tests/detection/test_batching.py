"""Cameras share one detector; each gets its own answer or its own error, never a quiet nothing."""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from detection.detect.base import DetectorError, DetectorTimeoutError
from detection.detect.batching import MicroBatcher
from detection.types import Detection
from tests.detection.scenes import ScriptedDetector, person

IMAGE = np.zeros((10, 10, 3), np.uint8)


class Echo(ScriptedDetector):
    """Answer with the camera's own name as label; raise at the camera "bad"; wait at the camera "slow"."""

    def __init__(self) -> None:
        super().__init__([])
        self.go_on = threading.Event()
        self.began = threading.Event()

    def detect(self, images, cameras):
        self.calls.append(tuple(cameras))
        self.began.set()
        if "slow" in cameras:
            self.go_on.wait(10.0)
        if "bad" in cameras:
            raise RuntimeError("tensor is on fire")
        return [[Detection((0, 0, 1, 1), camera, 1.0)] for camera in cameras]


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def batcher(echo):
    made = MicroBatcher(echo, max_wait_ms=200.0, max_batch=4, timeout_s=5.0)
    yield made
    echo.go_on.set()
    made.close()


def test_requests_of_four_cameras_go_in_one_batch_and_come_back_sorted_out(batcher, echo):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda camera: batcher.detect_one(camera, IMAGE)[0].label, "abcd"))
    assert answers == ["a", "b", "c", "d"]
    assert [sorted(call) for call in echo.calls] == [["a", "b", "c", "d"]]
    assert (batcher.stats.batches, batcher.stats.pictures, batcher.stats.errors) == (1, 4, 0)


def test_only_the_camera_whose_picture_it_is_gets_the_error(batcher):
    with ThreadPoolExecutor(3) as pool:
        answers = {camera: pool.submit(batcher.detect_one, camera, IMAGE) for camera in ("a", "bad", "c")}
    assert answers["a"].result()[0].label == "a"
    assert answers["c"].result()[0].label == "c"
    with pytest.raises(DetectorError, match=r"^The detector scripted failed: RuntimeError: tensor is on fire$"):
        answers["bad"].result()
    assert batcher.stats.errors == 1


def test_a_detector_that_hangs_times_out_at_its_camera(echo):
    batcher = MicroBatcher(echo, max_wait_ms=0.0, timeout_s=0.2)
    with pytest.raises(DetectorTimeoutError, match=r"^The detector scripted did not answer within 0.2 s.$"):
        batcher.detect_one("slow", IMAGE)
    assert batcher.stats.timeouts == 1
    echo.go_on.set()
    batcher.close()


def test_a_full_queue_is_told_and_does_not_grow(echo):
    batcher = MicroBatcher(echo, max_wait_ms=0.0, max_batch=1, timeout_s=0.2, queue_size=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(batcher.detect_one, "slow", IMAGE)
        assert echo.began.wait(5.0)
        second = pool.submit(batcher.detect_one, "waits", IMAGE)
        with pytest.raises(DetectorTimeoutError):
            second.result()
        with pytest.raises(DetectorTimeoutError, match="queue of 1 pictures stayed full"):
            batcher.detect_one("late", IMAGE)
        assert isinstance(first.exception(), DetectorTimeoutError)
    assert batcher.waiting == 1
    echo.go_on.set()
    batcher.close()


def test_too_few_answers_are_an_error():
    class Short(ScriptedDetector):
        def detect(self, images, cameras):
            return []

    batcher = MicroBatcher(Short([]))
    with pytest.raises(DetectorError, match="answered 0 of 1 pictures"):
        batcher.detect_one("a", IMAGE)
    batcher.close()


def test_after_close_nobody_waits_for_ever(batcher):
    batcher.close()
    batcher.close()
    with pytest.raises(DetectorError, match="has been stopped"):
        batcher.detect_one("a", IMAGE)


@pytest.mark.parametrize(("providers", "batches"), [([], 4), (["CUDAExecutionProvider"], 1)])
def test_only_a_graphics_processor_takes_several_at_once(monkeypatch, providers, batches):
    monkeypatch.setattr("detection.detect.batching.gpu_providers", lambda: providers)
    monkeypatch.setattr("detection.detect.batching.GPU_WAIT_MS", 2000.0)
    monkeypatch.setattr("detection.detect.batching.GPU_BATCH", 4)
    batcher = MicroBatcher(ScriptedDetector([person(1, 1)]))
    assert batcher.detect([IMAGE] * 4, ["a", "b", "c", "d"]) == [[person(1, 1)]] * 4
    batcher.close()
    assert (batcher.stats.batches, batcher.stats.pictures) == (batches, 4)


def test_a_picture_is_let_go_once_it_is_answered(batcher):
    image, gone = np.zeros((10, 10, 3), np.uint8), threading.Event()
    weakref.finalize(image, gone.set)
    assert batcher.detect_one("a", image)[0].label == "a"
    del image
    assert gone.wait(5.0)


def test_it_is_itself_a_detector_and_forgets_in_order():
    inner = ScriptedDetector([person(1, 1)])
    batcher = MicroBatcher(inner, max_wait_ms=0.0)
    assert batcher.detect([IMAGE, IMAGE], ["a", "b"]) == [[person(1, 1)], [person(1, 1)]]
    batcher.forget("a")
    batcher.close()
    assert inner.forgotten == ["a"]
    assert (batcher.name, batcher.version) == ("scripted", "1")
