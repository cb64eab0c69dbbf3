"""On the rendered plaza, each unusual thing goes on alarming, loop after loop, until people call it normal."""

from __future__ import annotations

import pytest

from detection.detect.builtin import BuiltinDetector
from detection.pipeline import CameraPipeline, PipelineSettings
from detection.score.living import Decided, LivingBaseline, LivingSettings
from detection.synthetic import plaza_frames
from detection.types import EventUpdate, Frame

FPS = 5.0
LOOP_S = 80.0
SETTINGS = LivingSettings(warm_s=40.0, warm_sightings=100, swap_s=2.0, retrain_s=(40.0, 120.0, 600.0))


@pytest.mark.timeout(600)  # twelve hundred rendered and detected pictures: half a minute on two idle cores
def test_what_happens_again_alarms_again_until_it_is_called_normal():
    rendered = list(plaza_frames(seed=7, fps=FPS, seconds=LOOP_S))
    spans: dict[str, tuple[float, float]] = {}
    for _, truth in rendered:
        for kind in truth.events:
            spans[kind] = (spans.get(kind, (truth.at_s, 0.0))[0], truth.at_s)
    baseline = LivingBaseline(settings=SETTINGS)
    pipeline = CameraPipeline(PipelineSettings(), BuiltinDetector(), lambda: baseline)

    def found(loop: int) -> list[tuple[str, EventUpdate]]:
        updates: list[EventUpdate] = []
        for image, truth in rendered:
            at_s = loop * LOOP_S + truth.at_s
            updates += pipeline.process(Frame(image, truth.index, at_s, at_s)).updates
        closed = [u for u in [*updates, *pipeline.flush()] if u.kind == "closed"]
        return [(_kind(spans, update.started_at - loop * LOOP_S), update) for update in closed]

    everything = ["runner", "fall", "vehicle", "abandoned object"]
    assert [kind for kind, _ in found(0)] == everything
    assert baseline.status.phase == "active"
    second = found(1)
    assert [kind for kind, _ in second] == everything
    vehicle = next(update for kind, update in second if kind == "vehicle")
    baseline.tell([Decided(vehicle.started_at, vehicle.ended_at or 0.0, normal=True)])
    assert [kind for kind, _ in found(2)] == ["runner", "fall", "abandoned object"]


def _kind(spans: dict[str, tuple[float, float]], at_s: float) -> str:
    """Return what happens on the plaza at a time of its loop, or that nothing does."""
    return next((kind for kind, (start, end) in spans.items() if start <= at_s <= end + 1.0), "nothing")
