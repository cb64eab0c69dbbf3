"""What is usual depends on the hour of the week, as soon as the hour is known; drift is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.features import FeatureExtractor
from detection.score.living.drift import BUCKETS, Drift
from detection.score.living.hours import (
    ENOUGH,
    FAMILY_NAMES,
    PER_HOUR,
    FamilyMeans,
    Hours,
    from_score,
    usual_of,
)
from detection.score.normality.scale import to_score
from detection.score.robust import part_deviations, part_values
from tests.detection.living.street import MONDAY

EMPTY = FeatureExtractor().extract([], (480, 640), 0.0)
DIAGONAL = 800.0


def people(count: float):
    return part_values(replace(EMPTY, num_people=count))


def known(hour: int, count: float, samples: int, hours: Hours) -> None:
    for step in range(samples):
        hours.learn(people(count + step % 2), MONDAY + hour * 3600.0 + step * 50.0)


def centre(hours: Hours, hour: float) -> float:
    return float(hours.usual(MONDAY + hour * 3600.0).centre[0])


def test_an_hour_is_judged_by_itself_by_its_neighbours_and_by_everything():
    hours = Hours()
    hours.set_everything(np.array([people(20.0)] * 50))
    known(9, 4.0, ENOUGH, hours)
    known(11, 0.0, 20, hours)
    known(12, 0.0, 19, hours)
    assert [centre(hours, h) for h in (9, 9 + 168, 10, 12, 3)] == [4.5, 4.5, 4.0, 20.0, 20.0]
    hours.learn(people(0.0), MONDAY + 12.9 * 3600.0)
    assert centre(hours, 12) == 0.0
    assert hours.hour_of(MONDAY - 1.0) == 167


def test_as_many_people_are_usual_at_noon_and_not_at_night():
    hours = Hours()
    known(12, 10.0, 60, hours)
    known(27, 0.0, 60, hours)
    at_noon, at_night = (part_deviations(people(10.0), hours.usual(MONDAY + h * 3600.0), DIAGONAL)[0] for h in (12, 27))
    assert (round(float(at_noon), 1), float(at_night) > 4.6) == (0.0, True)


def test_hours_are_bounded_sampled_and_unlearned():
    hours = Hours()
    for week in range(3):
        for step in range(3600):
            hours.learn(people(float(week)), MONDAY + week * 7 * 86400.0 + step)
    at, values = hours.state()
    assert (len(at), values.shape, values.dtype) == (PER_HOUR, (PER_HOUR, 24), np.float32)
    assert float(values[-1][0]) == 2.0
    again = Hours()
    again.restore(at, values)
    assert centre(again, 0.5) == centre(hours, 0.5)
    hours.forget([(float(at[0]), float(at[9]))])
    assert len(hours.state()[0]) == PER_HOUR - 10


def test_too_few_samples_judge_nothing():
    usual = usual_of(np.array([people(1.0)] * 19))
    assert part_deviations(people(500.0), usual, DIAGONAL).max() == 0.0
    assert part_deviations(people(500.0), usual_of(np.zeros((0, 24))), DIAGONAL).max() == 0.0


def test_families_take_their_strongest_part_over_their_own_time():
    means, spreads = FamilyMeans(), np.zeros(24)
    spreads[[0, 21]] = 10.0, 4.0
    assert means.update(spreads, 0.0).tolist() == [0.0] * len(FAMILY_NAMES)
    values = means.update(spreads, 1000.0)
    assert dict(zip(FAMILY_NAMES, values, strict=True))["people"] == 4.0
    assert np.count_nonzero(values) == 1


def test_a_score_and_its_deviation_are_the_same_thing():
    assert [to_score(from_score(v)) for v in (0.0, 0.3, 0.75, 0.9)] == pytest.approx([0.0, 0.3, 0.75, 0.9])
    assert from_score(1.0) == 4.0


def test_drift_is_the_share_over_the_last_span_and_is_told_only_when_watched():
    drift = Drift(300.0)
    for step in range(1100):
        drift.add(step * 0.2, step % 10 == 0)
    assert drift.share() is None
    for step in range(1100, 1500):
        drift.add(step * 0.2, step % 10 == 0)
    assert drift.share() == pytest.approx(0.1, abs=0.005)
    for step in range(1500, 3000):
        drift.add(step * 0.2, False)
    assert drift.share() == 0.0
    assert len(drift.state()) == BUCKETS
    again = Drift(300.0)
    again.restore(drift.state())
    assert again.share() == 0.0
    again.add(10_000.0, True)
    assert again.share() is None
    again.forget()
    assert (again.share(), again.state()) == (None, [])
