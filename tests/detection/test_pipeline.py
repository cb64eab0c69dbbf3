"""The pipeline carries a frame through all stages, and a detector that fails is an error, not a quiet normal."""

from __future__ import annotations

import cv2
import pytest

from detection.detect.base import DetectorError
from detection.events import EventSettings
from detection.motion import MotionSettings
from detection.pipeline import CameraPipeline, PipelineSettings
from tests.detection.scenes import ScriptedDetector, frame, paint, pavement, person

SETTINGS = PipelineSettings(camera="gate", events=EventSettings(end_patience_frames=3, cooldown_seconds=1.0))


def moving(index: int):
    """Return a picture in which something moves a little, so that the gate is open."""
    return paint(pavement(), (index % 30 * 6, 200, index % 30 * 6 + 12, 220), (255, 255, 255))


def test_a_frame_goes_through_every_stage():
    detector = ScriptedDetector([person(40, 80)])
    pipeline = CameraPipeline(SETTINGS, detector)
    for index in range(3):
        result = pipeline.process(frame(moving(index), index))
    assert result.error == ""
    assert result.detections == (person(40, 80),)
    assert [t.label for t in result.tracks] == ["person"]
    assert result.features is not None
    assert result.features.num_people == 1.0
    assert result.score is not None
    assert result.score.warming_up
    assert set(result.stage_s) == {"gate", "detect", "track", "features", "score", "event"}
    assert detector.calls == [("gate",)] * 3


def test_a_still_picture_is_not_detected_in_and_keeps_what_was_there():
    detector = ScriptedDetector([person(40, 80)])
    pipeline = CameraPipeline(SETTINGS, detector)
    results = [pipeline.process(frame(pavement(), index)) for index in range(50)]
    assert len(detector.calls) == 5  # the first frame, then one refresh in two seconds
    assert [t.track_id for t in results[-1].tracks] == [1]
    assert "detect" not in results[-1].stage_s


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (DetectorError("The model a.onnx failed on a picture."), "The model a.onnx failed on a picture."),
        (KeyError("x"), "The detector scripted failed: KeyError: 'x'"),
    ],
)
def test_a_detector_that_raises_is_told_and_the_next_frame_goes_on(error, sentence):
    pipeline = CameraPipeline(SETTINGS, ScriptedDetector(error, [person(40, 80)]))
    failed = pipeline.process(frame(moving(0), 0))
    assert (failed.error, failed.score, failed.features, failed.updates) == (sentence, None, None, ())
    again = pipeline.process(frame(moving(1), 1))
    assert (again.error, len(again.detections)) == ("", 1)


def crowd_arrives(pipeline: CameraPipeline, detector: ScriptedDetector, quiet: int = 120) -> int:
    """Show one person for `quiet` frames, then a crowd until an event opens; return the next index."""
    detector._answers = [[person(40, 80)]]
    for index in range(quiet):
        pipeline.process(frame(moving(index), index))
    detector._answers = [[person(8.0 + 24 * n, 40.0 + 60 * row) for n in range(12) for row in range(3)]]
    for index in range(quiet, quiet + 40):
        if pipeline.process(frame(moving(index), index)).updates:
            return index + 1
    raise AssertionError("no event opened")


def test_a_crowd_opens_an_event_that_closes_when_it_leaves():
    detector = ScriptedDetector([])
    pipeline = CameraPipeline(SETTINGS, detector)
    after = crowd_arrives(pipeline, detector)
    assert pipeline.event_open
    detector._answers = [[person(40, 80)]]
    kinds = []
    for index in range(after, after + 60):
        kinds += [u.kind for u in pipeline.process(frame(moving(index), index)).updates]
    assert kinds[-1] == "closed"
    assert not pipeline.event_open


def test_the_words_of_a_crowd():
    detector = ScriptedDetector([])
    pipeline = CameraPipeline(SETTINGS, detector)
    crowd_arrives(pipeline, detector)
    (closed,) = pipeline.flush()
    assert (closed.category, closed.kind) == ("crowd control", "closed")
    assert "crowding" in closed.tags
    assert closed.reason == "More people than usual. People: 36 (usually 1)."
    assert pipeline.flush() == ()


def test_new_settings_keep_the_open_event_and_what_is_usual():
    detector = ScriptedDetector([])
    pipeline = CameraPipeline(SETTINGS, detector)
    after = crowd_arrives(pipeline, detector)
    pipeline.reconfigure(PipelineSettings(camera="gate", events=EventSettings(threshold=0.45)))
    result = pipeline.process(frame(moving(after), after))
    assert pipeline.event_open
    assert result.score is not None
    assert not result.score.warming_up


def test_another_picture_size_and_a_gap_start_the_tracks_anew():
    detector = ScriptedDetector([person(40, 80)])
    pipeline = CameraPipeline(SETTINGS, detector)
    for index in range(5):
        pipeline.process(frame(moving(index), index))
    assert pipeline.process(frame(moving(6), 60)).tracks == ()  # eleven seconds later
    for index in range(61, 66):
        result = pipeline.process(frame(moving(index), index))
    assert len(result.tracks) == 1
    smaller = pipeline.process(frame(moving(7)[:180], 66))
    assert (smaller.tracks, smaller.score.warming_up) == ((), True)


def test_a_stream_clock_that_falls_back_is_held():
    pipeline = CameraPipeline(SETTINGS, ScriptedDetector([person(40, 80)]))
    for index in (5, 6, 2, 7, 8, 9):
        result = pipeline.process(frame(moving(index), index))
    assert len(result.tracks) == 1


def test_what_a_failed_detector_missed_is_looked_at_again_though_nothing_moves():
    detector = ScriptedDetector(DetectorError("The model a.onnx failed on a picture."), [person(40, 80)])
    pipeline = CameraPipeline(PipelineSettings(motion=MotionSettings(hold_s=0.0)), detector)
    results = [pipeline.process(frame(pavement(), index)) for index in range(3)]
    assert [(r.gate.open, r.gate.reason, len(r.detections)) for r in results] == [
        (True, "first frame", 0),
        (True, "refresh", 1),
        (False, "still", 1),
    ]


def test_a_smaller_picture_of_the_same_shape_is_a_first_frame():
    pipeline = CameraPipeline(SETTINGS, ScriptedDetector([person(40, 80)]))
    pipeline.process(frame(pavement(), 0))
    half = cv2.resize(pavement(), (160, 120), interpolation=cv2.INTER_AREA)
    assert pipeline.process(frame(half, 1)).gate.reason == "first frame"


def test_a_tracker_that_raises_is_told_and_starts_anew(monkeypatch):
    pipeline = CameraPipeline(SETTINGS, ScriptedDetector([person(40, 80)]))
    for index in range(4):
        pipeline.process(frame(pavement(), index))
    broken = pipeline._tracker
    monkeypatch.setattr(broken, "update", lambda *args: 1 / 0)
    failed = pipeline.process(frame(pavement(), 4))
    assert (failed.error, failed.score) == ("The tracker failed: ZeroDivisionError: division by zero", None)
    results = [pipeline.process(frame(pavement(), index)) for index in range(5, 9)]
    assert pipeline._tracker is not broken
    assert [(r.error, len(r.tracks)) for r in results] == [("", 0), ("", 0), ("", 1), ("", 1)]
