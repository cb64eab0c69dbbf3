"""Scores are kept small and come back exactly."""

from __future__ import annotations

import numpy as np
import pytest

from detection.calibrate import ScoreSeries, SeriesError


def series(start: float = 1_700_000_000.0, count: int = 1500) -> ScoreSeries:
    rng = np.random.default_rng(1)
    return ScoreSeries.of(start + np.arange(count) / 5, rng.beta(1, 9, count), rng.integers(0, 3, count))


def same(a: ScoreSeries, b: ScoreSeries) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("at", "score", "agreement"))


def test_five_minutes_come_back_bit_for_bit_and_small():
    packed = series().pack()
    assert same(ScoreSeries.unpack(packed), series())
    assert len(packed) < 4500
    still = ScoreSeries.of(np.arange(1500) / 5, np.zeros(1500), np.zeros(1500))
    assert len(still.pack()) < 200


def test_what_is_not_finite_is_left_out_and_time_never_falls():
    kept = ScoreSeries.of([1.0, 2.0, 1.5, 3.0], [0.25, float("nan"), 1.7, -1.0], [1, 1, 300, 2])
    assert kept.at.tolist() == [1.0, 1.5, 3.0]
    assert kept.score.tolist() == [0.25, 1.0, 0.0]
    assert kept.agreement.tolist() == [1, 255, 2]


def test_gaps_are_no_footage():
    assert ScoreSeries.of([0.0, 1.0, 100.0, 110.0], [0.0] * 4, [0] * 4).seconds == 11.0
    assert ScoreSeries.of([5.0], [0.0], [0]).seconds == 0.0


def test_parts_join_by_time_and_overlap_only_once():
    whole = series()
    assert same(ScoreSeries.joined([whole[700:], whole[:700]]), whole)
    assert same(ScoreSeries.joined([whole[:800], whole[600:]]), whole)
    assert len(ScoreSeries.joined([])) == 0


@pytest.mark.parametrize("spoil", [lambda b: b[:10], lambda b: b[:-5], lambda b: b"VSS2" + b[4:], lambda b: b""])
def test_damaged_scores_are_refused(spoil):
    with pytest.raises(SeriesError, match=r"^Stored scores are damaged"):
        ScoreSeries.unpack(spoil(series().pack()))


def test_an_empty_series_is_not_kept():
    with pytest.raises(ValueError, match="empty"):
        ScoreSeries.of([], [], []).pack()
