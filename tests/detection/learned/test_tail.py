"""A score of any kind becomes how rare it is on normal footage."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detection.score.learned.smoothing import MovingMean, Smooth
from detection.score.learned.tail import Tail, score_of


def test_the_surprise_is_the_decades_of_the_share_that_scores_as_high():
    tail = Tail.fit(np.linspace(0.0, 1.0, 100_001))
    assert tail.surprise([0.0, 0.9, 0.99]) == pytest.approx([0.0, 1.0, 2.0], abs=1e-3)
    assert tail.usual == pytest.approx((0.05, 0.95), abs=1e-4)


def test_beyond_what_was_seen_an_exponential_tail_goes_on():
    raw = np.random.default_rng(5).exponential(2.0, 200_000)
    tail = Tail.fit(raw)
    assert tail.scale == pytest.approx(2.0, rel=0.05)
    assert tail.surprise(2.0 * np.log(10) * 6) == pytest.approx(6.0, rel=0.05), "one in a million, though none was seen"
    assert tail.surprise(1000.0) < tail.surprise(1001.0)


def test_a_score_that_is_nearly_always_the_same_is_not_surprising_then():
    tail = Tail.fit([0.0] * 95 + [1.0] * 5)
    assert tail.surprise(0.0) == 0.0
    assert tail.surprise(1.0) == pytest.approx(1.3, abs=0.15)


def test_the_score_keeps_the_order_and_stays_under_one():
    assert [score_of(s) for s in (0.0, 1.0, 3.0, 99.0)] == [0.0, 0.5, 0.75, 0.99]


def test_what_was_written_is_read_and_anything_else_refused():
    tail = Tail.fit(np.arange(100.0))
    again = Tail.from_json(json.loads(json.dumps(tail.as_json())))
    assert (again.values == tail.values).all()
    assert again.scale == tail.scale
    with pytest.raises(ValueError, match="not one that Vedette wrote"):
        Tail.from_json({"scale": 1.0})
    with pytest.raises(ValueError, match="rising values"):
        Tail.from_json({**tail.as_json(), "scale": 0.0})
    with pytest.raises(ValueError, match="50 finite scores of normal footage, not 49"):
        Tail.fit(np.arange(49.0))


def test_smoothing_depends_on_time_and_not_on_the_count_of_frames():
    slow, fast = Smooth(0.45), Smooth(0.45)
    assert slow.add(0.0, 0.0) == fast.add(0.0, 0.0) == 0.0
    for i in range(1, 11):
        quick = fast.add(1.0, i * 0.1)
    assert slow.add(1.0, 1.0) == pytest.approx(quick)
    assert Smooth(0.0).add(3.0, 1.0) == 3.0


def test_the_moving_mean_forgets_what_is_older():
    mean = MovingMean(1.0)
    assert [mean.add(v, t) for v, t in ((4.0, 0.0), (2.0, 1.0), (0.0, 1.5))] == [4.0, 3.0, 1.0]
