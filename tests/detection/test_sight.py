"""What a detector gives is checked once, before anything works with it."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from detection.pipeline import CameraPipeline, PipelineSettings
from detection.sight import usable
from detection.types import Detection
from tests.detection.scenes import ScriptedDetector, frame, pavement, person

SIZE = (240, 320)
WRONG = [
    Detection((nan, 10.0, 50.0, 50.0), "person", 0.9),
    Detection((10.0, 10.0, inf, 50.0), "person", 0.9),
    Detection((10.0, 10.0, 50.0, 50.0), "person", inf),
    Detection((10.0, 10.0, 50.0, 50.0), "person", nan),
    Detection((10.0, 10.0, 10.0, 50.0), "person", 0.9),
    Detection((50.0, 10.0, 10.0, 50.0), "person", 0.9),
    Detection((400.0, 10.0, 500.0, 50.0), "person", 0.9),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_used_is_left_out(wrong):
    assert usable([person(40, 80), wrong], SIZE) == (person(40, 80),)


def test_boxes_are_cut_to_the_picture_and_confidence_to_its_range():
    found = Detection((-1e300, np.float32(200.0), 40.0, 1e300), "car", np.float32(1.5))  # type: ignore[arg-type]
    (kept,) = usable([found], SIZE)
    assert kept == Detection((0.0, 200.0, 40.0, 240.0), "car", 1.0)
    assert {type(value) for value in (*kept.box, kept.confidence)} == {float}


def test_a_pipeline_counts_them_and_goes_on():
    detector = ScriptedDetector([person(40, 80), *WRONG])
    pipeline = CameraPipeline(PipelineSettings(), detector)
    results = [pipeline.process(frame(pavement(), index)) for index in range(3)]
    assert [r.refused for r in results] == [len(WRONG), 0, 0]  # then nothing moves, and nothing is detected
    assert [(r.error, len(r.detections)) for r in results] == [("", 1)] * 3
    assert all(np.isfinite(list(r.features.as_dict().values())).all() for r in results)


def test_a_detector_that_gives_no_boxes_at_all_is_a_fault():
    detector = ScriptedDetector([None])  # type: ignore[list-item]
    result = CameraPipeline(PipelineSettings(), detector).process(frame(pavement(), 0))
    assert result.error == "The detector scripted failed: AttributeError: 'NoneType' object has no attribute 'box'"
