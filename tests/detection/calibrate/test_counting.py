"""Counting over days gives what the event machine gives frame by frame."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.calibrate import Opened, ScoreSeries, alerts
from detection.events.machine import EventSettings, EventState, advance, flush


def by_machine(series: ScoreSeries, wanted: EventSettings) -> list[Opened]:
    """Drive the machine frame by frame."""
    state, found = EventState(), []
    for at, score, parts in zip(series.at, series.score, series.agreement, strict=True):
        state, changes = advance(state, float(score), float(at), wanted, int(parts))
        found += [c for c in changes if c.kind == "closed"]
    found += flush(state, wanted)[1]
    return [Opened(c.started_at, c.ended_at) for c in found if c.ended_at is not None]


frames = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 0.2, 0.2, 0.3, 1.0, 15.0]),
        st.sampled_from([0.0, 0.3, 0.5, 0.52, 0.53, 0.74, 0.75, 0.76, 1.0]),
        st.integers(0, 3),
    ),
    max_size=120,
)
wanted_settings = st.builds(
    lambda low, patience, cooldown, frames, alone, smoothing: EventSettings(
        0.75, low, patience, cooldown, frames, smoothing, None if alone is None else frames + alone
    ),
    st.sampled_from([0.4, 0.7, 1.0]),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.5, 10.0]),
    st.integers(1, 4),
    st.none() | st.integers(0, 5),
    st.sampled_from([0.0, 0.3]),
)


@settings(max_examples=400, deadline=None)
@given(frames, wanted_settings)
def test_it_is_the_machine(steps, wanted):
    at, now = [], 1_700_000_000.0
    for step, _, _ in steps:
        now += step
        at.append(now)
    series = ScoreSeries.of(at, [score for _, score, _ in steps], [parts for *_, parts in steps])
    assert alerts(series, wanted) == by_machine(series, wanted)


def test_three_excursions_and_what_each_is_worth():
    score = [0.1] * 20 + [0.8] * 3 + [0.1] * 20 + [0.9] + [0.1] * 20 + [0.8] * 6
    agreement = [1] * 20 + [2] * 3 + [1] * 47
    series = ScoreSeries.of([i / 5 for i in range(70)], score, agreement)
    wanted = EventSettings(min_frames=2, lone_frames=5, cooldown_seconds=1.0, end_patience_frames=5)
    assert alerts(series, wanted) == [Opened(4.0, 4.4), Opened(12.8, 13.8)]


def test_nothing_is_nothing():
    assert alerts(ScoreSeries.of([], [], []), EventSettings()) == []
    assert alerts(ScoreSeries.of([1.0], [0.2], [1]), EventSettings()) == []


def test_a_lone_frame_at_the_end_of_days_is_found():
    count = 200_000
    score = [0.0] * count
    score[-2:] = [0.9, 0.9]
    series = ScoreSeries.of([i / 5 for i in range(count)], score, [1] * count)
    assert alerts(series, EventSettings()) == [Opened((count - 2) / 5, (count - 1) / 5)]
    assert series.seconds == pytest.approx((count - 1) / 5)
