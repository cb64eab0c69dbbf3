"""One pass of the reconciler: what it sends, what it says of cameras that wait."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db.models.functions import Now
from django.utils import timezone

from accounts.tenancy import installation, tenant
from cameras.models import CameraState, CameraStatus
from cameras.services import camera_disable
from tests.cast import Cast
from tests.workers.rows import let_die, let_expire
from workers import reconciler
from workers.models import CameraLease, WorkerNode
from workers.nodes import FORGET_AFTER_S
from workers.reconciler import Pass

pytestmark = pytest.mark.django_db(transaction=True)

Register = Callable[..., UUID]


@pytest.fixture(autouse=True)
def queues() -> Iterator[redis.Redis]:
    """The broker, empty before and after."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()
        yield broker
        broker.flushall()


def sent(queues: redis.Redis, node: str) -> list[tuple[str, list[object]]]:
    """Return the name and arguments of the messages in a node's queue, oldest first."""
    found = []
    for raw in reversed(queues.lrange(f"watch.{node}", 0, -1)):
        message = json.loads(raw)
        with current_app.connection_for_read() as connection:
            body = connection.default_channel.decode_body(message["body"], message["properties"]["body_encoding"])
        found.append((message["headers"]["task"], json.loads(body)[0]))
    return found


def state_of(camera_id: UUID, organization_id: UUID) -> tuple[str, str]:
    with tenant(organization_id):
        state = CameraState.objects.get(camera_id=camera_id)
    return state.status, state.message


def test_a_pass_makes_leases_claims_and_sends(cast: Cast, node: Register, queues: redis.Redis) -> None:
    node("alpha")
    assert reconciler.reconcile() == Pass(made=2, expired=0, claimed=2, resent=0, waiting=0)
    assert sorted(sent(queues, "alpha"), key=str) == sorted(
        [("workers.watch_camera", [str(camera.id), 1]) for camera in (cast.gate3, cast.globex_camera)], key=str
    )
    assert reconciler.reconcile() == Pass(made=0, expired=0, claimed=0, resent=0, waiting=0)
    assert queues.llen("watch.alpha") == 2


def test_a_lost_message_is_sent_again(cast: Cast, node: Register, queues: redis.Redis) -> None:
    node("alpha")
    reconciler.reconcile()
    queues.flushall()
    with installation():
        CameraLease.objects.update(sent_at=Now() - timedelta(seconds=5))
    assert reconciler.reconcile().resent == 2
    assert queues.llen("watch.alpha") == 2


def test_the_cameras_of_a_dead_node_go_to_another(cast: Cast, node: Register, queues: redis.Redis) -> None:
    alpha = node("alpha")
    reconciler.reconcile()
    let_die(alpha)
    let_expire(cast.gate3.id)
    let_expire(cast.globex_camera.id)
    node("beta")
    assert reconciler.reconcile() == Pass(made=0, expired=2, claimed=2, resent=0, waiting=0)
    assert sorted(epoch for _, (_, epoch) in sent(queues, "beta")) == [2, 2]


def test_without_a_worker_a_camera_says_what_it_waits_for(cast: Cast) -> None:
    assert reconciler.reconcile().waiting == 2
    assert state_of(cast.gate3.id, cast.acme.id) == (
        CameraStatus.WAITING,
        "No worker is running. The camera is watched as soon as one starts.",
    )


def test_without_a_free_slot_a_camera_says_so_and_how_to_get_one(cast: Cast, node: Register) -> None:
    node("alpha", slots=0)
    node("beta", slots=1)
    assert reconciler.reconcile().waiting == 1
    with installation():
        (state,) = CameraState.objects.all()
        assert state.message == (
            "Every slot is taken (1 on 2 workers). Start another worker, or raise VEDETTE_SLOTS "
            "if the machine has power to spare."
        )


def test_a_disabled_camera_is_neither_claimed_nor_waiting(cast: Cast, node: Register, queues: redis.Redis) -> None:
    camera_disable(camera_id=cast.gate3.id, organization_id=cast.acme.id, at=timezone.now())
    node("alpha")
    assert reconciler.reconcile() == Pass(made=1, expired=0, claimed=1, resent=0, waiting=0)
    assert [args for _, args in sent(queues, "alpha")] == [[str(cast.globex_camera.id), 1]]
    assert state_of(cast.gate3.id, cast.acme.id)[0] == CameraStatus.DISABLED


def test_a_long_dead_node_is_forgotten_with_its_queue(cast: Cast, node: Register, queues: redis.Redis) -> None:
    alpha = node("alpha")
    reconciler.reconcile()
    WorkerNode.objects.filter(id=alpha).update(last_seen_at=Now() - timedelta(seconds=FORGET_AFTER_S + 1))
    reconciler.reconcile()
    assert not WorkerNode.objects.exists()
    assert not queues.exists("watch.alpha")


def test_a_pass_leaves_its_time_for_health(cast: Cast) -> None:
    cache.delete(reconciler.RECONCILED_AT)
    before = timezone.now().timestamp()
    reconciler.reconcile()
    assert before <= cache.get(reconciler.RECONCILED_AT) <= timezone.now().timestamp()
