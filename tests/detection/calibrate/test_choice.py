"""A manager's wish becomes a threshold, and a promise that is checked."""

from __future__ import annotations

import numpy as np
import pytest

from detection.calibrate import AlertsPerDay, Fixed, ScoreSeries, Share, calibrate
from detection.events.machine import EventSettings

DAY = 86_400
SETTINGS = EventSettings(min_frames=2, cooldown_seconds=10.0)


def week(per_day: dict[float, int], days: int = 7, quiet: float = 0.1) -> ScoreSeries:
    """Return days of one frame a second in which excursions of these heights come so often a day, evenly."""
    score = np.full(days * DAY, quiet)
    for offset, (height, count) in enumerate(per_day.items()):
        for day in range(days):
            for i in range(count):
                start = day * DAY + (2 * i + 1) * DAY // (2 * count) + 100 * offset
                score[start : start + 5] = height
    return ScoreSeries.of(np.arange(days * DAY, dtype=float), score, np.ones(days * DAY, int))


def test_two_alerts_a_day_lie_between_the_rare_and_the_frequent():
    made = calibrate(week({0.9: 2, 0.6: 20}), AlertsPerDay(2.0), SETTINGS)
    assert made.threshold == 0.61
    assert made.alerts_per_day == pytest.approx(2.0, rel=1e-4)
    assert made.held_out_alerts_per_day == pytest.approx(2.0, rel=1e-4)
    assert (made.enough, made.message, round(made.hours, 1)) == (True, "", 168.0)
    assert dict(made.table)[0.6] == pytest.approx(22.0, rel=1e-4)
    assert dict(made.table)[0.99] == 0.0


def test_the_promise_is_checked_on_days_that_had_no_say():
    quiet, wild = week({0.9: 1}, days=5), week({0.9: 1, 0.8: 9}, days=2)
    later = ScoreSeries(wild.at + 5 * DAY, wild.score, wild.agreement)
    made = calibrate(ScoreSeries.joined([quiet, later]), AlertsPerDay(2.0), SETTINGS)
    assert made.threshold == 0.15, "under it an event that opened would not end, the usual 0.1 being over its low mark"
    assert made.held_out_alerts_per_day == pytest.approx(10.0, rel=1e-3)


def test_confirmed_alarms_raise_no_threshold():
    series = week({0.9: 6})
    spans = [(float(at), float(at) + 5.0) for at in series.at[series.score > 0.8][::5]]
    assert calibrate(series, AlertsPerDay(2.0), SETTINGS).threshold == 0.91
    made = calibrate(series, AlertsPerDay(2.0), SETTINGS, spans)
    assert (made.threshold, made.alerts_per_day) == (0.15, 0.0)


def test_duration_and_corroboration_have_their_part():
    series = week({0.9: 2, 0.6: 20})
    longer = EventSettings(min_frames=6)
    assert calibrate(series, AlertsPerDay(2.0), longer).threshold == 0.11, "no excursion lasts six frames"
    corroborated = EventSettings(min_frames=2, lone_frames=6)
    assert calibrate(series, AlertsPerDay(2.0), corroborated).threshold == 0.11


def test_a_target_that_no_threshold_reaches_is_told():
    made = calibrate(week({1.0: 20}), AlertsPerDay(2.0), SETTINGS)
    assert made.threshold == 0.99
    assert made.message.startswith("Even at 0.99 there would be 20.0 alerts a day, more than the 2 asked for.")


@pytest.mark.parametrize("share", [0.05, 0.1, 0.25, 0.4])
def test_a_share_is_a_share_of_the_frames(share):
    rng = np.random.default_rng(2)
    series = ScoreSeries.of(np.arange(100_000.0), rng.uniform(0.2, 0.9, 100_000), np.ones(100_000, int))
    made = calibrate(series, Share(share), SETTINGS)
    assert made.share_over == pytest.approx(share, abs=0.005)
    assert made.threshold == pytest.approx(0.9 - 0.7 * share, abs=0.005)


def test_a_share_of_a_camera_where_nothing_happens_is_held_at_the_floor():
    made = calibrate(week({0.9: 2}, quiet=0.0), Share(0.1), SETTINGS)
    assert made.threshold == 0.05
    assert made.message.startswith("Most frames here score next to nothing, so the threshold is held at 0.05")


def test_frames_that_score_the_same_are_over_or_under_together():
    series = ScoreSeries.of(np.arange(100.0), [0.2] * 50 + [0.6] * 50, [1] * 100)
    made = calibrate(series, Share(0.25), SETTINGS)
    assert (made.threshold, made.share_over) == (0.601, 0.0)


def test_a_fixed_threshold_is_kept_and_told_what_it_means():
    made = calibrate(week({0.9: 2, 0.6: 20}), Fixed(0.5), SETTINGS)
    assert (made.threshold, round(made.alerts_per_day)) == (0.5, 22)


def test_little_footage_is_said_to_be_little():
    series = week({0.9: 2})[:3600]
    made = calibrate(series, AlertsPerDay(2.0), SETTINGS)
    assert (made.enough, round(made.hours, 2)) == (False, 1.0)
    none = calibrate(ScoreSeries.of([], [], []), AlertsPerDay(2.0), SETTINGS)
    assert (none.threshold, none.enough, none.from_at, none.table) == (0.75, False, None, ())
