"""What is usual depends on the hour of the week, as soon as the hour is known; drift is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

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


BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


def at_local(*when: int, zone: tzinfo = BERLIN) -> float:
    return datetime(*when, tzinfo=zone).timestamp()


def test_an_hour_is_the_same_on_the_places_clocks_in_summer_and_winter():
    hours = Hours(BERLIN)
    winter, summer = at_local(2026, 3, 23, 20), at_local(2026, 3, 30, 20)
    assert summer - winter == 7 * 86400.0 - 3600.0
    assert [hours.hour_of(at) for at in (winter, summer)] == [20, 20]
    assert [Hours().hour_of(at) for at in (winter, summer)] == [19, 18]
    for step in range(ENOUGH):
        hours.learn(people(0.0), winter + step * 50.0)
        hours.learn(people(9.0), winter - 3600.0 + step * 50.0)
    hours.set_everything(np.array([people(20.0)] * 50))
    usual = [float(hours.usual(summer + step).centre[0]) for step in (-1800.0, 1800.0)]
    assert usual == [9.0, 0.0], "the shop closes at 20:00 after the clocks went forward, too"


def test_the_missing_and_the_repeated_hour_do_no_harm():
    hours = Hours(BERLIN)
    missing = at_local(2026, 3, 29, 1, 59)
    assert [hours.hour_of(missing + step * 60.0) for step in range(3)] == [145, 147, 147]
    assert float(hours.usual(missing + 60.0).centre[0]) == 0.0
    repeated = at_local(2026, 10, 25, 2)
    assert [hours.hour_of(repeated + step * 3600.0) for step in range(-1, 4)] == [145, 146, 146, 147, 148]
    for step in range(2 * PER_HOUR):
        hours.learn(people(float(step // PER_HOUR)), repeated + step * 50.0)
    at, values = hours.state()
    assert (len(at), set(values[:, 0].tolist())) == (PER_HOUR, {1.0}), "the newer of the two stays"
    for step in range(ENOUGH):
        hours.learn(people(5.0), at_local(2026, 11, 1, 2) + step * 50.0)
    assert float(hours.usual(at_local(2026, 11, 8, 2, 30)).centre[0]) == 5.0


def test_another_zone_takes_every_sample_to_its_hour_there_and_back():
    hours = Hours()
    noon = at_local(2026, 3, 2, 12, zone=UTC)
    for step in range(72):
        hours.learn(people(3.0), noon + step * 50.0)
    before = hours.state()
    assert hours.hour_of(noon) == 12
    hours.set_zone(BERLIN)
    assert [float(hours.usual(noon + h * 3600.0).centre[0]) for h in (0, 7 * 24)] == [3.0, 3.0]
    assert hours.hour_of(noon) == 13
    hours.set_zone(KOLKATA)
    assert [hours.hour_of(noon), hours.hour_of(noon + 1800.0)] == [17, 18]
    hours.set_zone(UTC)
    assert [part.tobytes() for part in hours.state()] == [part.tobytes() for part in before]


def test_what_was_saved_by_utc_is_read_by_the_places_clocks_and_stays_bounded():
    hours = Hours()
    for day in range(28):
        for hour in range(24):
            for step in range(18):
                at = at_local(2026, 3, 2, zone=UTC) + timedelta(days=day, hours=hour).total_seconds()
                hours.learn(people(float(hour)), at + step * 200.0)
    saved = hours.state()
    assert len(saved[0]) == 168 * PER_HOUR
    again = Hours(KOLKATA)
    again.restore(*saved)
    assert len(again.state()[0]) == 168 * PER_HOUR
    assert again.state()[0][-1] == saved[0][-1]
    at_work = at_local(2026, 3, 30, 9, 15, zone=KOLKATA)
    assert (again.hour_of(at_work), float(again.usual(at_work).centre[0])) == (9, 3.5)
    for step in range(PER_HOUR):
        hours.learn(people(1.0), saved[0][-1] + 3600.0 + step * 50.0)
    ragged = Hours(KOLKATA)
    ragged.restore(*hours.state())
    assert max(len(kept) for kept in ragged._samples.values()) == PER_HOUR


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
