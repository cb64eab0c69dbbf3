"""With no model and no training, each unusual thing on the synthetic plaza raises an event, and walking none."""

from __future__ import annotations

import pytest

from detection.detect.builtin import BuiltinDetector
from detection.pipeline import CameraPipeline, PipelineSettings
from detection.synthetic import plaza_frames
from detection.types import EventUpdate, Frame

FPS = 5.0


def watch_plaza(seed: int) -> tuple[list[EventUpdate], dict[str, tuple[float, float]]]:
    """Return the closed events of a rendered plaza and the span of each unusual thing, both in clip seconds."""
    pipeline = CameraPipeline(PipelineSettings(), BuiltinDetector())
    updates, spans = [], {}
    for image, truth in plaza_frames(seed=seed, fps=FPS):
        for kind in truth.events:
            spans[kind] = (spans.get(kind, (truth.at_s, 0.0))[0], truth.at_s)
        updates += pipeline.process(Frame(image, truth.index, truth.at_s, truth.at_s)).updates
    return [u for u in [*updates, *pipeline.flush()] if u.kind == "closed"], spans


@pytest.mark.parametrize("seed", [3, 7])
def test_a_runner_a_fall_a_van_and_a_bag_rise_and_nothing_else_does(seed):
    events, spans = watch_plaza(seed)
    assert set(spans) == {"runner", "fall", "vehicle", "abandoned object"}
    for event in events:
        assert any(start <= event.started_at <= end + 1.0 for start, end in spans.values()), event.reason
    for kind, (start, end) in spans.items():
        found = [e for e in events if start <= e.started_at <= end + 1.0]
        assert len(found) == 1, kind
        assert found[0].peak_score >= 0.75
        assert found[0].severity <= 4
