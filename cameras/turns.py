"""Whose threshold is computed next: calibrations wait here, and one at a time is among the workers' jobs.

A computation takes seconds and the jobs' worker has few threads, which also hand out cameras and send alerts: whatever
is asked for, no job waits behind more than one calibration. What waits is a sorted set in Redis; what is asked for
stands in the database, too, so that the workers' own round asks again where Redis has forgotten.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from config.celery import app

TASK = "workers.calibrate_next"
QUEUE = "jobs"
WAITING = "calibrations:waiting"
"""The cameras by the Unix time at which they were asked for; the workers' own round is later than all of these."""
SENT = "calibrations:sent"
"""Stands while a calibration is among the jobs, or runs."""
SENT_S = 300
"""So long at most: one that was lost does not keep the others waiting for ever."""
LATER_S = 1e11

_REMOVE_UNLESS_ASKED_AGAIN = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '') == tonumber(ARGV[2]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A camera whose turn it is, and its place in the order."""

    camera_id: UUID
    place: float


def turn_ask(camera_id: UUID, at: float) -> None:
    """Queue a camera for which somebody asked at a Unix time, and have a worker begin; raises RedisError."""
    with _redis() as redis:
        redis.zadd(WAITING, {str(camera_id): at})
        _send(redis)


def turns_add(stale: dict[UUID, float]) -> None:
    """Queue cameras behind all that people ask for, the lowest number first, and have a worker begin.

    A camera that waits already keeps its place. Raises RedisError.
    """
    with _redis() as redis:
        if stale:
            redis.zadd(WAITING, {str(camera_id): LATER_S + order for camera_id, order in stale.items()}, nx=True)
        _send(redis)


def turn_take() -> Turn | None:
    """Return whose turn it is, for the worker that was sent to look; None when nobody waits. Raises RedisError."""
    with _redis() as redis:
        redis.set(SENT, 1, ex=SENT_S)
        first = redis.zrange(WAITING, 0, 0, withscores=True)
    return Turn(UUID(first[0][0].decode()), first[0][1]) if first else None


def turn_end(turn: Turn | None) -> None:
    """Let the next one have its turn, behind the jobs that wait meanwhile; raises RedisError.

    A camera that was asked for again while it was computed stays.
    """
    with _redis() as redis:
        if turn is not None:
            redis.eval(_REMOVE_UNLESS_ASKED_AGAIN, 1, WAITING, str(turn.camera_id), repr(turn.place))
        redis.delete(SENT)
        _send(redis)


def turns_before(camera_id: UUID) -> int:
    """Return how many cameras are computed before this one; 0 where it is its turn, or where Redis does not say."""
    try:
        with _redis() as redis:
            return int(redis.zrank(WAITING, str(camera_id)) or 0)
    except RedisError as error:
        log.info("nobody can say when camera %s is calibrated: %s", camera_id, error)
        return 0


def _send(redis: Redis) -> None:
    """Put one calibration among the jobs, unless one is there or none waits."""
    if not redis.zcard(WAITING) or not redis.set(SENT, 1, nx=True, ex=SENT_S):
        return
    try:
        app.send_task(TASK, queue=QUEUE, expires=SENT_S, retry=False)
    except OperationalError as error:
        redis.delete(SENT)
        raise RedisError(str(error)) from error


def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)
