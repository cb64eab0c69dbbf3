"""Test a camera's address: a worker opens it, since only workers decode, and leaves the answer in the cache."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal, TypedDict
from uuid import UUID

from django.core.cache import cache
from django.http import Http404
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.actors import Actor
from cameras.credentials import encrypt, masked_text
from config.celery import app

TASK = "workers.probe_source"
QUEUE = "jobs"
EXPIRES_S = 20
"""A test that no worker took up by now interests nobody any more."""
PATIENCE_S = 15.0
TTL_S = 60


class ProbeAnswer(TypedDict, total=False):
    """What a worker leaves: whether the address opened and why not; the figures and the picture (JPEG in base64)."""

    ok: bool
    message: str
    width: int
    height: int
    fps: float
    codec: str
    took_s: float
    jpeg: str


class Probe(ProbeAnswer, total=False):
    """What a page shows of a test; the answer is there when it is done."""

    state: Literal["waiting", "done"]


NO_WORKER: Probe = {
    "state": "done",
    "ok": False,
    "message": f"No worker answered within {PATIENCE_S:.0f} s. On one machine, “make run” (manage.py up) starts one; "
    f"on a fleet, check that a worker serves the queue “{QUEUE}”.",
}


class QueueUnreachable(Exception):
    """The test could not be handed to any worker."""


def probe_start(*, actor: Actor, source: str, at: dt.datetime) -> UUID:
    """Ask a worker to open an address that has been checked; return the id under which the answer will lie.

    The address travels encrypted, since the broker may keep messages on disk.

    Raises:
        PermissionDenied: the actor may not manage cameras.
        QueueUnreachable: Redis does not answer.
    """
    actor.require("cameras.manage")
    request_id = uuid.uuid4()
    task = [str(request_id), encrypt(source).decode()]
    try:
        cache.set(_asked_key(request_id), (actor.user.id, actor.organization_id, at), timeout=TTL_S)
        app.send_task(TASK, args=task, queue=QUEUE, expires=EXPIRES_S, retry=False)
    except (OperationalError, RedisError) as error:
        raise QueueUnreachable("The test could not be handed to a worker: Redis does not answer.") from error
    return request_id


def probe_answer(*, actor: Actor, request_id: UUID, at: dt.datetime) -> Probe:
    """Return how a test stands; raises Http404 for anyone but the person who asked."""
    actor.require("cameras.manage")
    asked = cache.get(_asked_key(request_id))
    if asked is None or asked[:2] != (actor.user.id, actor.organization_id):
        raise Http404
    answer: ProbeAnswer | None = cache.get(_answer_key(request_id))
    if answer is not None:
        return {**answer, "state": "done", "message": masked_text(answer["message"])}
    if (at - asked[2]).total_seconds() > PATIENCE_S:
        return NO_WORKER
    return {"state": "waiting"}


def probe_finish(*, request_id: UUID, answer: ProbeAnswer) -> None:
    """Leave the answer where the page looks for it; it never carries credentials."""
    cache.set(_answer_key(request_id), answer, timeout=TTL_S)


def _answer_key(request_id: UUID) -> str:
    return f"probe:{request_id}"


def _asked_key(request_id: UUID) -> str:
    return f"probe-asked:{request_id}"
