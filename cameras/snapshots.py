"""The newest picture of each camera, in the cache: written by its worker, gone when it is old."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

TTL_S = 60
"""A picture older than this is no longer shown anywhere."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A JPEG and the moment its picture left the decoder."""

    jpeg: bytes = field(repr=False)
    captured_at: dt.datetime

    def age_s(self, now: dt.datetime) -> float:
        """Return seconds since the picture was taken, never below 0."""
        return max(0.0, (now - self.captured_at).total_seconds())

    @property
    def etag(self) -> str:
        return f'"{int(self.captured_at.timestamp() * 1000)}"'


def snapshot_put(camera_id: UUID, jpeg: bytes, captured_at: float) -> None:
    """Keep a camera's newest picture; captured_at in Unix seconds, as a Frame has it."""
    cache.set(_key(camera_id), (jpeg, captured_at), timeout=TTL_S)


def snapshot_get(camera_id: UUID) -> Snapshot | None:
    """Return the newest picture, or None when there is none of the last TTL_S seconds."""
    try:
        kept = cache.get(_key(camera_id))
    except RedisError as error:
        logger.warning("No picture of camera %s: the cache does not answer (%s).", camera_id, error)
        return None
    if kept is None:
        return None
    jpeg, captured_at = kept
    return Snapshot(jpeg, dt.datetime.fromtimestamp(captured_at, dt.UTC))


def snapshot_forget(camera_id: UUID) -> None:
    cache.delete(_key(camera_id))


def _key(camera_id: UUID) -> str:
    return f"snapshot:{camera_id}"
