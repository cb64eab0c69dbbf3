"""The score lane: scores, threshold and clip on one clock."""

from __future__ import annotations

import datetime as dt

from incidents.lane import lane_of
from incidents.models import Event

NOON = dt.datetime(2026, 3, 14, 12, 0, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def event(**values: object) -> Event:
    return Event(
        **{"started_at": NOON, "peak_at": after(1), "peak_score": 0.9, "threshold": 0.75, "scores": [], **values}
    )


def test_an_ended_event_lies_between_its_lead_and_its_tail() -> None:
    lane = lane_of(event(ended_at=after(2), scores=[[0.0, 0.75], [1.0, 1.0], [2.0, 0.0]]), now=after(500))
    assert (lane.start, lane.length_s) == (after(-5).timestamp(), 10.0)
    assert (lane.band_x, lane.band_width) == (500.0, 200.0)
    assert lane.points == "500.0,13.0 600.0,2.0 700.0,46.0"
    assert (lane.threshold_y, lane.peak_x) == (13.0, 600.0)


def test_an_event_that_goes_on_reaches_to_now_without_a_curve() -> None:
    lane = lane_of(event(ended_at=None), now=after(12))
    assert (lane.points, lane.length_s) == ("", 20.0)
    assert (lane.band_x, lane.band_width) == (250.0, 600.0)


def test_a_clip_that_begins_earlier_widens_the_lane() -> None:
    lane = lane_of(event(ended_at=after(2), clip_started_at=after(-15)), now=after(2))
    assert (lane.start, lane.clip_start, lane.length_s) == (after(-15).timestamp(), after(-15).timestamp(), 20.0)


def test_scores_out_of_range_stay_in_the_picture() -> None:
    lane = lane_of(event(ended_at=after(5), scores=[[0.0, -0.2], [5.0, 1.4]]), now=after(5))
    assert [point.split(",")[1] for point in lane.points.split()] == ["46.0", "2.0"]
