"""The scores that an event's page draws."""

from __future__ import annotations

from uuid import UUID

from workers.score_lane import MAX_POINTS, ScoreLane

EVENT = UUID(int=7)


def test_the_lane_begins_with_the_seconds_before_the_event() -> None:
    lane = ScoreLane()
    for tick in range(20):
        lane.add(100.0 + tick, tick / 100)
    lane.opened(EVENT, started_at=118.0)
    lane.add(120.0, 0.9)
    assert lane.closed(EVENT) == [
        (-4.0, 0.14),
        (-3.0, 0.15),
        (-2.0, 0.16),
        (-1.0, 0.17),
        (0.0, 0.18),
        (1.0, 0.19),
        (2.0, 0.9),
    ]


def test_a_long_event_keeps_few_points_and_its_peak() -> None:
    lane = ScoreLane()
    lane.opened(EVENT, started_at=0.0)
    for tick in range(10_000):
        lane.add(tick / 5, 0.999 if tick == 4321 else 0.5)
    points = lane.closed(EVENT)
    assert len(points) <= MAX_POINTS
    assert (round(4321 / 5, 2), 0.999) in points
    assert [at for at, _ in points] == sorted(at for at, _ in points)


def test_an_unknown_event_has_no_lane() -> None:
    assert ScoreLane().closed(EVENT) == []
