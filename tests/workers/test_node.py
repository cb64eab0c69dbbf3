"""The process as a node: it renews in time, notices that it was taken for dead, and leaves in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.tenancy import installation
from cameras.services import camera_disable
from tests.cast import Cast
from tests.workers.rows import lease_of, let_die, let_expire
from workers.dispatch import name_from_environ
from workers.leases import Held, Wanted, lease_start, leases_claim, leases_ensure
from workers.models import CameraLease, WorkerNode
from workers.node import Node
from workers.registry import Registry, Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alpha() -> Iterator[Node]:
    node = Node("alpha", 4, Registry())
    yield node
    node.drain()


def begin(node: Node, cast: Cast) -> Run:
    """Begin a slice of Gate 3 on this node."""
    assert node.id is not None
    leases_ensure()
    leases_claim()
    held = lease_start(camera_id=cast.gate3.id, epoch=lease_of(cast.gate3.id).epoch, node_id=node.id)
    assert held is not None
    run = node.registry.begin(held)
    assert run is not None
    return run


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)


def test_a_beat_registers_and_then_renews(cast: Cast, alpha: Node) -> None:
    alpha.beat()
    row = WorkerNode.objects.get()
    assert (row.id, row.name, row.slots, row.draining) == (alpha.id, "alpha", 4, False)
    run = begin(alpha, cast)
    with installation():
        CameraLease.objects.update(expires_at=Now() + timedelta(seconds=1))
    run.last_frame_at = 1_700_000_000.0
    alpha.beat()
    lease = lease_of(cast.gate3.id)
    assert lease.expires_at is not None and lease.expires_at > timezone.now() + timedelta(seconds=5)
    assert lease.last_frame_at is not None and lease.last_frame_at.timestamp() == 1_700_000_000.0
    assert run.wanted == Wanted(True, 1)
    assert run.may_write


def test_a_slice_hears_that_its_camera_was_disabled(cast: Cast, alpha: Node) -> None:
    alpha.beat()
    run = begin(alpha, cast)
    camera_disable(camera_id=cast.gate3.id, organization_id=cast.acme.id, at=timezone.now())
    alpha.beat()
    assert run.wanted == Wanted(False, 2)


def test_a_slice_hears_that_its_lease_is_lost(cast: Cast, alpha: Node) -> None:
    alpha.beat()
    run = begin(alpha, cast)
    let_expire(cast.gate3.id)
    alpha.beat()
    assert run.lost.is_set()
    assert not run.may_write


def test_a_process_that_was_paused_starts_over_under_a_new_id(cast: Cast, alpha: Node) -> None:
    alpha.beat()
    before = alpha.id
    run = begin(alpha, cast)
    assert before is not None
    let_die(before)
    alpha.beat()
    assert alpha.id != before
    assert run.lost.is_set()
    assert lease_of(cast.gate3.id).node is None
    assert WorkerNode.objects.get().id == alpha.id


def test_a_paused_process_knows_by_its_own_clock_that_it_may_not_write() -> None:
    held = Held(UUID(int=1), UUID(int=2), UUID(int=3), 1)
    now = time.monotonic()
    assert Run(held, stepped_at=now, valid_until=now + 60).may_write
    assert not Run(held, stepped_at=now - 60, valid_until=now - 52).may_write


def test_the_keeper_renews_while_a_slice_is_stuck_in_its_source(cast: Cast, alpha: Node) -> None:
    alpha.start()
    until(lambda: alpha.id is not None)
    run = begin(alpha, cast)
    # Nothing steps this slice; its lease must not run out for that.
    expires_at = lease_of(cast.gate3.id).expires_at
    assert expires_at is not None
    until(lambda: (lease_of(cast.gate3.id).expires_at or expires_at) > expires_at)
    alpha.registry.end(run, None)


def test_a_node_that_drains_gets_no_camera_and_leaves_nothing_behind(cast: Cast, alpha: Node) -> None:
    alpha.start()
    until(lambda: alpha.id is not None)
    run = begin(alpha, cast)
    alpha.drain()
    until(lambda: WorkerNode.objects.get().draining)
    assert lease_of(cast.gate3.id).node_id == alpha.id
    alpha.registry.end(run, None)
    alpha.leave()
    assert not WorkerNode.objects.exists()
    assert lease_of(cast.gate3.id).node is None


def test_the_name_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_NODE", "gpu-1")
    assert name_from_environ() == "gpu-1"
    monkeypatch.delenv("VEDETTE_NODE")
    assert name_from_environ().rpartition("-")[2].isdigit()
