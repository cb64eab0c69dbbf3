"""Senses in the pipeline: they are asked once a frame, they alarm, they fail alone, and a replay needs none of them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from bench.pose import pictures
from detection.cache.codec import Decoder, Encoder
from detection.detect.onnx import OnnxDetector
from detection.events import EventSettings
from detection.judging import CameraJudge
from detection.pipeline import CameraPipeline, PipelineSettings
from detection.pose.landmarker import MediaPipeLandmarker
from detection.pose.sense import PoseSense
from detection.pose.settings import LookSettings, PoseSettings
from detection.senses import Finding, Moment, SenseState
from detection.sensing import Senses
from detection.sight import Sight
from detection.types import EventUpdate, Frame
from tests.detection.scenes import ScriptedDetector, pavement, person
from tests.shared_data import shared

FALL_S, WITHIN_S = 4.4, 1.5
EVENTS = EventSettings(threshold=0.7, min_frames=2, lone_frames=8, smoothing_s=2.0)


class Kept:
    """A tape in memory."""

    def __init__(self) -> None:
        self.sights: list[Sight] = []

    def add(self, sight: Sight) -> None:
        self.sights.append(sight)

    def flushed(self) -> None:
        """Do nothing."""


class Ear:
    """A sense that hears a scream from one stream time to another, and may break."""

    def __init__(self, start_s: float, end_s: float, *, breaks: bool = False) -> None:
        self._span, self._breaks = (start_s, end_s), breaks
        self.restarts = self.asked = self.closed = 0
        self.state = SenseState("audio", "available", model="test-1")

    def find(self, moment: Moment) -> Finding:
        self.asked += 1
        if self._breaks:
            raise RuntimeError("the microphone is wet")
        heard = self._span[0] <= moment.at_s < self._span[1]
        if not heard:
            return Finding("audio")
        return Finding("audio", 0.9, "scream", "violence/aggression", 0.95, "a scream (95% sure)")

    def restart(self) -> None:
        self.restarts += 1

    def close(self) -> None:
        self.closed += 1


def ids():
    numbers = iter(range(1, 100))
    return lambda: UUID(int=next(numbers))


def judged_again(sights: list[Sight], events: EventSettings) -> list[EventUpdate]:
    """Put sights into records and back, and judge them without pictures and senses."""
    encoder, decoder, judge = Encoder(), Decoder(), CameraJudge(events)
    updates = []
    for sight in sights:
        updates += judge.judge(decoder.decode(encoder.encode(sight))).updates
    return [*updates, *judge.flush()]


def without_ids(updates: list[EventUpdate]) -> list[EventUpdate]:
    return [replace(update, event_id=UUID(int=0)) for update in updates]


def test_the_staged_fall_is_an_event_in_time_and_a_replay_finds_it_too():
    tape = Kept()
    with MediaPipeLandmarker(shared("weights/pose_landmarker_lite.task")) as landmarker:
        sense = PoseSense(landmarker, PoseSettings(look=LookSettings(budget_ms=10_000.0)))
        pipeline = CameraPipeline(
            PipelineSettings(events=EVENTS),
            OnnxDetector(shared("weights/yolov8n_416.onnx")),
            tape=tape,
            senses=Senses([sense]),
        )
        updates: list[EventUpdate] = []
        for index, (at_s, image) in enumerate(pictures(shared("videos/staged_fall_warehouse.mp4"), 5.0)):
            updates += pipeline.process(Frame(image, index, at_s, 1000.0 + at_s)).updates
        updates += pipeline.flush()
    opened = updates[0]
    assert (opened.kind, opened.category, opened.severity) == ("opened", "medical emergency", 3)
    assert FALL_S <= opened.at - 1000.0 <= FALL_S + WITHIN_S
    assert opened.reason.startswith("A person fell. Person ")
    assert "fell: the head sank" in opened.reason
    assert opened.components["pose"]["kind"] == "fall"
    assert opened.components["fusion"]["alone"] == "fall"
    assert without_ids(judged_again(tape.sights, EVENTS)) == without_ids(updates)


def test_what_is_heard_alarms_though_the_detector_fails():
    failing = ScriptedDetector(*[KeyError("x")] * 40)
    ear, tape = Ear(2.0, 4.0), Kept()
    pipeline = CameraPipeline(PipelineSettings(events=EVENTS), failing, tape=tape, senses=Senses([ear]))
    results = [pipeline.process(Frame(pavement(), n, n / 5, 100.0 + n / 5)) for n in range(30)]
    opened = [update for result in results for update in result.updates if update.kind == "opened"]
    assert [(update.at, update.category, update.reason) for update in opened] == [
        (102.2, "violence/aggression", "A scream was heard. 95% sure.")
    ]
    assert opened[0].features == {}
    assert all(result.error and result.score is None for result in results)
    assert without_ids(judged_again(tape.sights, EVENTS))[0] == without_ids(opened)[0]


def test_a_sense_that_breaks_costs_neither_the_frame_nor_the_other_senses():
    broken, ear = Ear(0.0, 9.0, breaks=True), Ear(2.0, 4.0)
    senses = Senses([broken, ear])
    pipeline = CameraPipeline(PipelineSettings(events=EVENTS), ScriptedDetector([person(40, 80)]), senses=senses)
    results = [pipeline.process(Frame(pavement(), n, n / 5, 100.0 + n / 5)) for n in range(15)]
    assert [update.kind for result in results for update in result.updates][:1] == ["opened"]
    assert all(result.score is not None and not result.error for result in results)
    assert (broken.asked, ear.asked) == (15, 15)
    assert "audio" in results[0].stage_s


def test_a_failing_sense_says_so_until_it_works_again():
    ear = Ear(0.0, 9.0, breaks=True)
    senses = Senses([ear])
    moment = Moment(pavement(), (), 1.0, True)
    assert senses.find(moment, {}) == ()
    assert senses.states() == (
        SenseState("audio", "failed", "It failed on a picture: RuntimeError: the microphone is wet", "test-1"),
    )
    ear._breaks = False
    assert [finding.kind for finding in senses.find(moment, {})] == ["scream"]
    assert senses.states() == (ear.state,)


@pytest.mark.parametrize(("gap_s", "restarts"), [(1.0, 0), (6.0, 1)])
def test_the_senses_forget_who_is_where_after_a_gap(gap_s: float, restarts: int):
    ear = Ear(0.0, 0.0)
    pipeline = CameraPipeline(PipelineSettings(), ScriptedDetector([person(40, 80)]), senses=Senses([ear]))
    pipeline.process(Frame(pavement(), 0, 1.0, 101.0))
    before = ear.restarts
    pipeline.process(Frame(pavement(), 1, 1.0 + gap_s, 101.0 + gap_s))
    assert ear.restarts - before == restarts
