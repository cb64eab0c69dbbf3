"""The pipeline takes any scorer, gives it what it saw, and shows a scorer that fails."""

from __future__ import annotations

import numpy as np

from detection.pipeline import CameraPipeline, PipelineSettings
from detection.score import Reading, Scene, Seen
from detection.types import FrameScore
from tests.detection.scenes import ScriptedDetector, frame, pavement, person


class NotedScorer:
    """Note the scenes; fail on the third."""

    name = "noted"
    version = "1"
    reads = "scenes"

    def __init__(self) -> None:
        self.scenes: list[Scene] = []

    def read(self, scene: Scene) -> Seen:
        self.scenes.append(scene)
        return {"at": np.array(scene.at_s)}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        assert reading.seen["at"] == reading.at_s
        if len(self.scenes) == 3:
            raise ZeroDivisionError("division by zero")
        return FrameScore(0.25)


def test_a_scorer_sees_the_picture_and_its_tracks():
    scorer = NotedScorer()
    pipeline = CameraPipeline(PipelineSettings(), ScriptedDetector([person(40, 80)]), lambda: scorer)
    picture = frame(pavement(), 0)
    result = pipeline.process(picture)
    assert result.score == FrameScore(0.25)
    (scene,) = scorer.scenes
    assert scene.image is picture.image
    assert (scene.tracks, scene.features, scene.captured_at) == (result.tracks, result.features, picture.captured_at)


def test_a_scorer_that_raises_is_a_fault_and_the_next_frame_goes_on():
    scorer = NotedScorer()
    pipeline = CameraPipeline(PipelineSettings(), ScriptedDetector([person(40, 80)]), lambda: scorer)
    results = [pipeline.process(frame(pavement(), index)) for index in range(4)]
    assert [r.error for r in results] == ["", "", "The scorer noted failed: ZeroDivisionError: division by zero", ""]
    assert (results[2].score, results[2].features, results[2].updates) == (None, None, ())
    assert results[3].score == FrameScore(0.25)


def test_another_picture_size_starts_a_new_scorer():
    made: list[NotedScorer] = []

    def make() -> NotedScorer:
        made.append(NotedScorer())
        return made[-1]

    pipeline = CameraPipeline(PipelineSettings(), ScriptedDetector([person(40, 80)]), make)
    pipeline.process(frame(pavement(), 0))
    pipeline.process(frame(pavement()[:200, :300].copy(), 1))
    assert [len(scorer.scenes) for scorer in made] == [1, 1]
