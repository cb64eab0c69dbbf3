"""Events are matched with true spans: found, late, false."""

from __future__ import annotations

import numpy as np
import pytest

from detection.evaluate.spans import outcome, raised
from detection.events import EventSettings

SETTINGS = EventSettings(threshold=0.5, min_frames=2, end_patience_frames=2, cooldown_seconds=0.2)


def signal(text: str) -> np.ndarray:
    return np.array([float(c == "#") for c in text])


def test_an_event_opens_after_its_frames_and_ends_at_the_last_held_one():
    (event,) = raised(signal("..####......"), SETTINGS, 10.0)
    assert (event.started_at, event.opened_at, event.ended_at) == (0.2, 0.3, 0.5)


def test_an_event_still_open_at_the_end_counts():
    (event,) = raised(signal("...###"), SETTINGS, 10.0)
    assert event.ended_at == 0.5


def test_found_late_missed_and_false():
    truth = [signal("....####....####") > 0, signal("........") > 0]
    scores = [signal(".....###........"), signal("..####..")]
    result = outcome(truth, scores, SETTINGS, 10.0)
    assert (result.spans, result.found, result.false_events) == (2, 1, 1)
    assert result.latencies_s == (pytest.approx(0.2),)
    assert result.median_latency_s == pytest.approx(0.2)
    assert result.normal_s == pytest.approx(1.6)
    assert result.false_per_hour == pytest.approx(2250.0)


def test_an_alarm_that_was_already_open_has_no_latency():
    result = outcome([signal("...####") > 0], [signal(".######")], SETTINGS, 10.0)
    assert (result.found, result.latencies_s, result.false_events) == (1, (0.0,), 0)


def test_an_alarm_after_the_span_found_nothing():
    result = outcome([signal("...#...") > 0], [signal("...####")], SETTINGS, 10.0)
    assert (result.found, result.median_latency_s) == (0, None)
