"""One calibration at a time is among the jobs, in the order in which they were asked for."""

from __future__ import annotations

from uuid import UUID

import pytest
from redis import Redis

from cameras.turns import SENT, SENT_S, Turn, turn_ask, turn_end, turn_take, turns_add, turns_before

pytestmark = pytest.mark.django_db
GATE, DOCK, YARD = (UUID(int=n) for n in (3, 2, 1))


def messages(queue) -> int:
    queue.take()
    assert all("workers.calibrate_next" in body for body in queue.bodies)
    return len(queue.bodies)


def test_however_many_are_asked_for_one_is_among_the_jobs(queue) -> None:
    assert turn_take() is None
    turn_end(None)
    for at, camera in enumerate((GATE, DOCK, YARD)):
        turn_ask(camera, 1000.0 + at)
    assert messages(queue) == 1
    assert [turns_before(camera) for camera in (GATE, DOCK, YARD)] == [0, 1, 2]
    for camera in (GATE, DOCK, YARD):
        turn = turn_take()
        assert turn is not None
        assert turn.camera_id == camera
        assert messages(queue) == 0, "while it runs no other is sent"
        turn_end(turn)
        assert messages(queue) == (camera != YARD)
    assert turn_take() is None


def test_people_go_before_the_workers_round_and_keep_their_place(queue) -> None:
    turns_add({GATE: 50.0, DOCK: 0.0})
    assert [turns_before(camera) for camera in (DOCK, GATE)] == [0, 1]
    turn_ask(YARD, 1_772_971_200.123456)
    turn_ask(GATE, 1_772_971_201.0)
    turns_add({YARD: 0.0, GATE: 0.0})
    assert [turns_before(camera) for camera in (YARD, GATE, DOCK)] == [0, 1, 2]
    assert turn_take() == Turn(YARD, 1_772_971_200.123456)


def test_one_that_is_asked_for_again_meanwhile_is_computed_again(queue) -> None:
    turn_ask(GATE, 1_772_971_200.123456)
    turn = turn_take()
    turn_ask(GATE, 1_772_971_260.654321)
    turn_end(turn)
    assert turn_take() == Turn(GATE, 1_772_971_260.654321)
    turn_end(turn_take())
    assert turn_take() is None


def test_one_that_was_lost_keeps_the_others_waiting_for_minutes_at_most(queue, settings) -> None:
    turn_ask(GATE, 1.0)
    with Redis.from_url(settings.REDIS_URL) as redis:
        assert 0 < redis.ttl(SENT) <= SENT_S
        assert messages(queue) == 1
        redis.delete(SENT)  # as when its time is over
    turns_add({})
    assert messages(queue) == 1
