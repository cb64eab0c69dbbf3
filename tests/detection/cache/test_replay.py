"""A replay gives what the run that was recorded gave, bit for bit, and asks no detector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.cache import CacheFolder, CacheWriter, Recording, replay
from detection.detect.base import DetectorError
from detection.detect.builtin import BuiltinDetector
from detection.detect.onnx import OnnxDetector
from detection.events import EventSettings
from detection.pipeline import CameraPipeline, PipelineSettings
from detection.score import RobustScore
from detection.score.living import LivingBaseline
from detection.synthetic import plaza_frames
from detection.types import Frame
from tests.detection.cache.scripts import (
    EVENTS,
    GATE,
    LearnNoted,
    Untouchable,
    nameless,
    record,
    replayed,
    replayed_of,
)
from tests.detection.scenes import ScriptedDetector, frame, paint, pavement, person
from tests.shared_data import shared

CROWD = [person(8.0 + 24 * n, 40.0 + 60 * row) for n in range(12) for row in range(3)]


def moving(index: int):
    return paint(pavement(), (index % 30 * 6, 200, index % 30 * 6 + 12, 220), (255, 255, 255))


def a_day() -> list[Frame | None]:
    """Return quiet, a crowd, a still scene, a gap, a lost source, another size, and a clock that fell back."""
    frames: list[Frame | None] = [frame(moving(i), i) for i in range(140)]
    frames += [frame(moving(140), i) for i in range(140, 200)]
    frames += [frame(moving(i), i + 60) for i in range(200, 230)]
    frames += [None, None]
    frames += [frame(moving(i), i + 200) for i in range(230, 250)]
    frames += [frame(np.ascontiguousarray(moving(i)[:180]), i + 200) for i in range(250, 330)]
    return [*frames, frame(moving(1), 3), frame(moving(2), 700)]


def answers() -> ScriptedDetector:
    """Return a detector that sees one person, fails twice in two ways, and then sees a crowd."""
    usual, failures = [person(40, 80)], [DetectorError("The model a.onnx failed on a picture."), KeyError("x")]
    return ScriptedDetector(*[usual] * 60, *failures, *[usual] * 60, *[CROWD] * 60, *[usual] * 60, CROWD)


@pytest.mark.parametrize("make_scorer", [RobustScore, LearnNoted, LivingBaseline])
def test_scores_parts_errors_and_events_are_the_same(tmp_path, make_scorer):
    recording, live = record(tmp_path, answers(), a_day(), make_scorer)
    assert replayed(recording, make_scorer) == live
    assert sum(1 for told in live if told[1]) == 2
    kinds = [update.kind for told in live for update in told[4]]
    assert kinds.count("opened") == kinds.count("closed") >= 2
    assert recording.complete


def test_a_scorer_that_fails_fails_again(tmp_path):
    class Sometimes(LearnNoted):
        def read(self, scene):
            if 10.0 <= scene.at_s < 11.0:
                raise ZeroDivisionError("in the picture")
            return super().read(scene)

        def judge(self, reading, *, learn=True):
            if 12.0 <= reading.at_s < 13.0:
                raise ZeroDivisionError("in the judgement")
            return super().judge(reading, learn=learn)

    recording, live = record(tmp_path, answers(), a_day(), Sometimes)
    assert replayed(recording, Sometimes) == live
    errors = [told[1] for told in live if "scorer" in str(told[1])]
    failed = "The scorer robust failed: ZeroDivisionError: in the"
    assert errors == [f"{failed} picture"] * 5 + [f"{failed} judgement"] * 3  # the detector failed on the other two


def test_other_settings_and_another_scorer_may_be_tried(tmp_path):
    recording, live = record(tmp_path / "a", answers(), a_day(), LearnNoted)
    again, stricter = record(
        tmp_path / "b", answers(), a_day(), settings=PipelineSettings(events=replace(EVENTS, threshold=0.95))
    )
    assert replayed(recording, RobustScore, replace(EVENTS, threshold=0.95)) == stricter
    assert stricter != live
    assert again.path != recording.path


def test_two_watches_of_one_camera_are_replayed_as_two(tmp_path):
    lives = []
    for _ in range(2):
        writer = CacheWriter(CacheFolder(tmp_path), GATE, pytest.fail, append=True)
        pipeline = CameraPipeline(PipelineSettings(events=EVENTS), answers(), RobustScore, writer)
        for shown in a_day():
            if shown is not None:
                result = pipeline.process(shown)
                lives.append((shown.captured_at, result.error, result.score, result.tags, nameless(result.updates)))
        if closings := pipeline.flush():
            lives.append((None, "", None, (), nameless(closings)))
        writer.close(complete=False)
    assert replayed(Recording.open(writer.path)) == lives


def on_the_plaza() -> Iterator[Frame]:
    for image, truth in plaza_frames(seed=7, fps=5.0):
        yield Frame(image, truth.index, truth.at_s, 1_700_000_000.0 + truth.at_s)


def test_the_plaza_is_the_same_without_its_pictures(tmp_path, monkeypatch):
    settings = PipelineSettings(events=EventSettings())
    recording, live = record(tmp_path, BuiltinDetector(), on_the_plaza(), settings=settings)
    for module, name in ((cv2, "resize"), (cv2, "cvtColor"), (cv2, "DISOpticalFlow")):
        monkeypatch.setattr(module, name, None)
    monkeypatch.setattr(BuiltinDetector, "detect", Untouchable.detect)
    assert replayed(recording, events=EventSettings()) == live
    assert [u.kind for told in live for u in told[4]].count("opened") == 4
    assert recording.path.stat().st_size / len(live) < 1200


def test_a_real_street_is_the_same(tmp_path):
    weights, clip = shared("weights/yolov8n_416.onnx"), shared("videos/opencv_vtest_480x360.avi")
    detector = OnnxDetector(weights)
    recording, live = record(tmp_path, detector, street(clip), LivingBaseline)
    assert replayed_of(replay(recording, LivingBaseline, EVENTS)) == live
    assert len(live) >= 40


def street(clip: Path, frames: int = 40) -> Iterator[Frame]:
    """Yield a fifth of the first frames of a clip of ten frames a second."""
    video = cv2.VideoCapture(str(clip))
    for index in range(2 * frames):
        image = np.asarray(video.read()[1], np.uint8)
        if index % 2 == 0:
            yield Frame(image, index, index / 10, 1_700_000_000.0 + index / 10)
    video.release()
