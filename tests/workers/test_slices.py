"""When a slice begins, and what a slice that cannot work says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from accounts.tenancy import tenant
from cameras.models import Camera, CameraState
from tests.cast import Cast
from tests.workers.rows import lease_of
from workers import process, slices
from workers.leases import leases_claim, leases_ensure
from workers.models import LeaseState
from workers.node import Node
from workers.registry import Registry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alpha(node: Callable[..., UUID]) -> Iterator[Node]:
    """This process as the node alpha, with every camera claimed and its slice sent."""
    alpha = Node("alpha", 4, Registry())
    process.become(alpha)
    yield alpha
    process.become(None)


def claim(alpha: Node) -> None:
    alpha.beat()
    leases_ensure()
    leases_claim()


def test_a_process_that_is_no_node_watches_nothing(cast: Cast, node: Callable[..., UUID]) -> None:
    node("alpha")
    leases_ensure()
    leases_claim()
    slices.watch(cast.gate3.id, 1)
    assert lease_of(cast.gate3.id).state == LeaseState.SENT


def test_a_message_of_an_earlier_epoch_starts_nothing(cast: Cast, alpha: Node) -> None:
    claim(alpha)
    slices.watch(cast.gate3.id, 0)
    assert lease_of(cast.gate3.id).state == LeaseState.SENT
    assert alpha.registry.runs() == []


def test_a_node_that_leaves_starts_nothing(cast: Cast, alpha: Node) -> None:
    claim(alpha)
    alpha.stopping.set()
    slices.watch(cast.gate3.id, 1)
    assert lease_of(cast.gate3.id).state == LeaseState.SENT


def test_an_address_that_cannot_be_decrypted_is_told(cast: Cast, alpha: Node) -> None:
    with tenant(cast.acme.id):
        Camera.objects.filter(id=cast.gate3.id).update(source_encrypted=b"of another installation")
    claim(alpha)
    slices.watch(cast.gate3.id, 1)
    with tenant(cast.acme.id):
        state = CameraState.objects.get(camera=cast.gate3)
    assert state.status == "offline"
    assert "credential key" in state.message
    assert lease_of(cast.gate3.id).last_error == state.message
    assert alpha.registry.runs() == []


def test_a_slice_that_fails_unexpectedly_degrades_the_camera_and_frees_the_place(
    cast: Cast, alpha: Node, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    claim(alpha)
    monkeypatch.setattr(slices, "camera_plan", lambda held: 1 / 0)
    slices.watch(cast.gate3.id, 1)
    with tenant(cast.acme.id):
        state = CameraState.objects.get(camera=cast.gate3)
    assert (state.status, state.message) == ("degraded", slices.FAILED)
    assert "division by zero" in caplog.text
    assert not alpha.registry.is_busy(cast.gate3.id)
