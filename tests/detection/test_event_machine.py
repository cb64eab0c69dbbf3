"""The event state machine holds its promises for any scores, times and settings."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.events.machine import EventSettings, EventState, Transition, advance, flush

SETTINGS = st.builds(
    EventSettings,
    threshold=st.floats(0.05, 1.0),
    hysteresis_low_ratio=st.floats(0.05, 1.0),
    end_patience_frames=st.integers(1, 6),
    cooldown_seconds=st.floats(0.0, 5.0),
    min_frames=st.integers(1, 4),
)
# Scores in runs, so that events really open; gaps between frames from 20 ms to 3 s.
RUNS = st.lists(
    st.tuples(st.one_of(st.floats(0.0, 1.0), st.sampled_from([nan, inf, -inf])), st.integers(1, 12)), max_size=12
)
GAPS = st.lists(st.floats(0.02, 3.0), min_size=1, max_size=7)

Told = list[tuple[int, Transition]]


def play(settings: EventSettings, scores: list[float], gaps: list[float]) -> tuple[list[float], Told]:
    """Run the machine to the end; return the frame times and what happened at which frame."""
    state, at, times, told = EventState(), 1000.0, [], []
    for index, score in enumerate(scores):
        at += gaps[index % len(gaps)]
        times.append(at)
        state, changes = advance(state, score, at, settings)
        told += [(index, change) for change in changes]
    state, changes = flush(state, settings)
    return times, told + [(len(scores), change) for change in changes]


def unroll(runs: list[tuple[float, int]]) -> list[float]:
    return [score for score, count in runs for _ in range(count)]


def finite(score: float) -> bool:
    return score == score and abs(score) != inf


@given(SETTINGS, RUNS, GAPS)
def test_opens_only_after_min_frames_in_a_row_over_the_threshold(settings, runs, gaps):
    scores = unroll(runs)
    _, told = play(settings, scores, gaps)
    for index, change in told:
        if change.kind == "opened":
            seen = [s for s in scores[: index + 1] if finite(s)][-settings.min_frames :]
            assert len(seen) == settings.min_frames
            assert min(seen) >= settings.threshold
            assert change.peak_score == max(seen)


@given(SETTINGS, RUNS, GAPS)
def test_closes_only_after_patience_below_the_low_mark_or_at_the_end(settings, runs, gaps):
    scores = unroll(runs)
    _, told = play(settings, scores, gaps)
    for index, change in told:
        if change.kind == "closed" and index < len(scores):
            seen = [s for s in scores[: index + 1] if finite(s)][-settings.end_patience_frames :]
            assert len(seen) == settings.end_patience_frames
            assert max(seen) < settings.threshold * settings.hysteresis_low_ratio


@given(SETTINGS, RUNS, GAPS)
def test_every_opened_has_exactly_one_closed_and_peaks_rise_between(settings, runs, gaps):
    _, told = play(settings, unroll(runs), gaps)
    open_peak = None
    for _, change in told:
        if change.kind == "opened":
            assert open_peak is None
            open_peak = change.peak_score
        elif change.kind == "peak":
            assert open_peak is not None
            assert change.peak_score > open_peak
            open_peak = change.peak_score
        else:
            assert change.peak_score == open_peak
            open_peak = None
    assert open_peak is None


@given(SETTINGS, RUNS, GAPS)
def test_the_next_event_starts_after_the_cooldown(settings, runs, gaps):
    _, told = play(settings, unroll(runs), gaps)
    ended_at = None
    for _, change in told:
        if change.kind == "opened" and ended_at is not None:
            assert change.started_at >= ended_at + settings.cooldown_seconds
        if change.kind == "closed":
            ended_at = change.ended_at


@given(SETTINGS, RUNS, GAPS)
def test_times_are_in_order_within_an_event(settings, runs, gaps):
    _, told = play(settings, unroll(runs), gaps)
    for _, change in told:
        assert change.started_at <= change.peak_at <= change.at
        if change.ended_at is not None:
            assert change.peak_at <= change.ended_at <= change.at


@given(st.lists(st.sampled_from([nan, inf, -inf]), max_size=20))
def test_scores_that_are_no_numbers_change_nothing(scores):
    settings = EventSettings(min_frames=1)
    state, _ = advance(EventState(), 0.9, 10.0, settings)
    for index, score in enumerate(scores):
        after, changes = advance(state, score, 11.0 + index, settings)
        assert (after, changes) == (state, ())


def test_one_event_frame_by_frame():
    settings = EventSettings(
        threshold=0.8, hysteresis_low_ratio=0.5, end_patience_frames=2, cooldown_seconds=3.0, min_frames=2
    )
    scores = [0.1, 0.9, 0.85, 0.95, 0.5, 0.3, 0.5, 0.3, 0.3, 0.9, 0.9, 0.9, 0.9]
    _, told = play(settings, scores, [1.0])
    assert [(index, change.kind) for index, change in told] == [
        (2, "opened"),
        (3, "peak"),
        (8, "closed"),
        (10, "opened"),
        (13, "closed"),
    ]
    opened, peak, closed = (change for _, change in told[:3])
    assert (opened.started_at, opened.peak_at, opened.peak_score, opened.frame_count) == (1002.0, 1002.0, 0.9, 2)
    assert (peak.peak_at, peak.peak_score, peak.frame_count) == (1004.0, 0.95, 3)
    assert (closed.ended_at, closed.at, closed.frame_count) == (1007.0, 1009.0, 8)


def test_a_clock_set_back_does_not_turn_an_event_over():
    settings = EventSettings(min_frames=1, end_patience_frames=1)
    state, _ = advance(EventState(), 0.9, 100.0, settings)
    _, (closed,) = advance(state, 0.0, 40.0, settings)
    assert (closed.started_at, closed.ended_at, closed.at) == (100.0, 100.0, 100.0)


def test_flush_of_an_idle_machine_says_nothing():
    assert flush(EventState(), EventSettings()) == (EventState(), ())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"threshold": 0.0}, "threshold must be over 0 and at most 1, not 0.0."),
        ({"threshold": nan}, "threshold must be over 0 and at most 1, not nan."),
        ({"hysteresis_low_ratio": 1.5}, "hysteresis_low_ratio must be over 0 and at most 1, not 1.5."),
        ({"min_frames": 0}, "end_patience_frames and min_frames must be at least 1."),
        ({"cooldown_seconds": -1.0}, "cooldown_seconds must be 0 or more, not -1.0."),
    ],
)
def test_settings_that_cannot_work_are_refused(values, words):
    with pytest.raises(ValueError) as refused:
        EventSettings(**values)
    assert str(refused.value) == words


def opened_at(scores: list[float], agreement: list[int], settings: EventSettings) -> list[int]:
    """Return the frames, one a second, at which an event opens."""
    state, opened = EventState(), []
    for index, (score, parts) in enumerate(zip(scores, agreement, strict=True)):
        state, changes = advance(state, score, float(index), settings, parts)
        opened += [index for change in changes if change.kind == "opened"]
    return opened


def test_parts_that_agree_open_sooner_than_one_alone():
    settings = EventSettings(threshold=0.5, min_frames=2, lone_frames=5)
    assert opened_at([0.6] * 6, [1] * 6, settings) == [4]
    assert opened_at([0.6] * 6, [2] * 6, settings) == [1]
    assert opened_at([0.6] * 6, [0, 2, 1, 3, 0, 0], settings) == [3], "two frames of one row, not next to each other"
    assert opened_at([0.6, 0.6, 0.1, 0.6, 0.6, 0.6], [1, 2, 2, 1, 2, 1], settings) == [], "a new row counts anew"
    assert opened_at([0.6] * 6, [0] * 6, EventSettings(threshold=0.5, min_frames=2)) == [1]


def test_smoothing_averages_before_the_threshold():
    settings = EventSettings(threshold=0.5, min_frames=1, smoothing_s=2.0)
    state, _ = advance(EventState(), 0.0, 0.0, settings)
    state, changes = advance(state, 1.0, 1.0, settings)
    assert (round(state.smoothed or 0.0, 4), changes) == (0.3935, ())
    state, changes = advance(state, 1.0, 2.0, settings)
    assert round(state.smoothed or 0.0, 4) == 0.6321
    assert [change.kind for change in changes] == ["opened"]
    assert changes[0].peak_score == state.smoothed


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"smoothing_s": -1.0}, "smoothing_s must be 0 or more"),
        ({"smoothing_s": nan}, "smoothing_s must be 0 or more"),
        ({"min_frames": 4, "lone_frames": 3}, "lone_frames must be at least min_frames"),
    ],
)
def test_durations_that_cannot_work_are_refused(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        EventSettings(**fields)
