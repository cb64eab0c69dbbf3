"""The default's threshold is silent on the clips that chose it, with a margin; quotas are shares of the frames."""

from __future__ import annotations

import numpy as np
import pytest

from detection.evaluate.settings import MARGIN, Scored, default_settings, default_threshold, rows_of
from detection.evaluate.spans import raised

FPS = 10.0


def clip(values: list[float], agreement: int = 1) -> Scored:
    return Scored(np.array(values), np.full(len(values), agreement))


def test_the_durations_are_seconds_at_any_rate():
    at_ten, at_five = default_settings(10.0), default_settings(5.0)
    assert (at_ten.min_frames, at_ten.lone_frames) == (1, 15)
    assert (at_five.min_frames, at_five.lone_frames) == (1, 8)


def test_the_threshold_lies_a_margin_over_the_highest_run_that_lasts():
    short, long = [0.7] * 10 + [0.0] * 30, [0.4] * 20 + [0.0] * 30
    assert default_threshold([clip(short), clip(long)], FPS) == pytest.approx(0.41 * MARGIN)
    assert default_threshold([clip(short, 2), clip(long)], FPS) == pytest.approx(0.71 * MARGIN)


def test_each_setting_tells_what_it_brings():
    quiet = [clip([0.2] * 100), clip([0.2] * 90 + [0.5] * 10)]
    test = clip([0.1] * 50 + [0.8] * 50, 2)
    labels = [np.arange(100) >= 50]
    rows = rows_of(quiet, labels, [test], FPS)
    default = rows["default"]
    assert (default.normal.false_events, default.normal.normal_s) == (0, 20.0)
    assert (default.test.found, default.test.spans, default.test.latencies_s) == (1, 1, (0.0,))
    assert rows["balanced, 0.75"].threshold == 0.75
    assert rows["conservative, 5% of frames"].normal.false_events == 1
    assert list(rows)[-1] == "default"


def test_agreement_reaches_the_event_machine():
    scores, settings = np.full(20, 0.6), default_settings(FPS)
    lower = type(settings)(threshold=0.5, min_frames=settings.min_frames, lone_frames=settings.lone_frames)
    (alone,) = raised(scores, lower, FPS)
    (agreed,) = raised(scores, lower, FPS, np.full(20, 2))
    assert (alone.opened_at, agreed.opened_at) == (pytest.approx(1.4), 0.0)
