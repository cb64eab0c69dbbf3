"""A camera's usual contrast is learned robustly, forgotten slowly, and kept from what alarms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detection.scene.normal import FLOOR, LASTING_S, Normal


def usual(count: int, seed: int = 0, middle: float = 0.02, spread: float = 0.01) -> list[float]:
    return np.random.default_rng(seed).normal(middle, spread, count).tolist()


def fed(values, start_s: float = 0.0) -> Normal:
    normal = Normal()
    for i, value in enumerate(values):
        normal.judge(value, start_s + i)
    return normal


def test_nothing_deviates_in_the_first_60_looks():
    normal = Normal()
    readings = [normal.judge(9.0 if i == 30 else 0.0, float(i)) for i in range(60)]
    assert {(r.deviation, r.warming_up) for r in readings} == {(0.0, True)}
    assert not normal.judge(0.0, 60.0).warming_up


def test_mean_and_spread_are_those_of_the_looks():
    normal = fed(usual(3000))
    reading = normal.judge(0.02, 3000.0)
    assert normal.spread == pytest.approx(0.01, rel=0.05)
    assert (reading.usual_low, reading.usual_high) == pytest.approx((0.0, 0.04), abs=0.002)
    assert abs(reading.deviation) < 0.2
    assert normal.judge(0.08, 3001.0).deviation == pytest.approx(6.0, rel=0.08)


def test_a_still_picture_has_the_least_spread():
    normal = fed([0.02] * 100)
    assert normal.spread == FLOOR
    assert normal.judge(0.02 + 3 * FLOOR, 100.0).deviation == pytest.approx(3.0)


def test_strong_looks_are_not_learned():
    normal, untouched = fed(usual(300)), fed(usual(300))
    for i in range(50):
        assert normal.judge(0.2, 300.0 + i).deviation > 10.0
    assert normal.looks == 300
    assert normal.judge(0.03, 350.0) == untouched.judge(0.03, 350.0)


def test_nothing_is_learned_while_told_so():
    normal = fed(usual(300))
    readings = {normal.judge(0.03, 300.0 + i, learn=False) for i in range(20)}
    assert len(readings) == 1
    assert normal.looks == 300
    fresh = Normal()
    assert [fresh.judge(0.03, float(i), learn=False).warming_up for i in range(100)] == [True] * 100
    assert fresh.looks == 0


def test_a_strong_fall_counts_no_more_than_four_spreads():
    normal, other = fed([0.02] * 100), fed([0.02] * 100)
    normal.judge(-5.0, 100.0)
    other.judge(0.02 - 4 * FLOOR, 100.0)
    assert normal.judge(0.02, 101.0) == other.judge(0.02, 101.0)
    assert normal.looks == 102


def test_an_hour_halves_what_earlier_looks_weigh():
    normal = fed([0.0] * 4000)
    for i in range(3600):
        normal.judge(0.009, 4000.0 + i)
    reading = normal.judge(0.009, 7600.0)
    middle = (reading.usual_low + reading.usual_high) / 2
    old = sum(0.5 ** ((7600 - i) / 3600) for i in range(4000))
    new = sum(0.5 ** ((7600 - i) / 3600) for i in range(4000, 7600))
    assert middle == pytest.approx(0.009 * new / (old + new), rel=0.02)


def test_a_long_pause_leaves_the_weight_of_a_warm_up():
    normal = fed([0.0] * 1000)
    normal.judge(0.01, 1_000_000.0)
    reading = normal.judge(0.0, 1_000_001.0)
    assert (reading.usual_low + reading.usual_high) / 2 == pytest.approx(0.01 / 61)


def test_what_lasts_is_learned_anew_once_learning_is_allowed():
    normal = fed([0.0] * 100)
    during = [normal.judge(0.5, 100.0 + i, learn=False) for i in range(int(LASTING_S) + 5)]
    assert [r.lasting for r in during].index(True) == LASTING_S
    assert normal.judge(0.5, 705.0).lasting
    assert (normal.looks, normal.warming_up) == (1, True)
    for i in range(60):
        normal.judge(0.5, 706.0 + i)
    assert normal.judge(0.5, 766.0).deviation == 0.0


def test_two_strong_looks_far_apart_do_not_last():
    normal = fed([0.0] * 100)
    normal.judge(0.5, 100.0)
    assert not normal.judge(0.5, 100.0 + LASTING_S).lasting


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_change_nothing(value):
    normal, untouched = fed(usual(100)), fed(usual(100))
    assert normal.judge(value, 100.0).deviation == 0.0
    assert normal.judge(0.03, 101.0) == untouched.judge(0.03, 101.0)


def test_the_same_looks_give_the_same_readings():
    first, second = Normal(), Normal()
    values = usual(500, 7)
    assert [first.judge(v, float(i)) for i, v in enumerate(values)] == [
        second.judge(v, float(i)) for i, v in enumerate(values)
    ]


def test_ordinary_noise_rarely_reaches_the_alarming_side():
    normal = fed(usual(300))
    assert max(normal.judge(v, 300.0 + i).deviation for i, v in enumerate(usual(3000, 1))) < 4.0
