"""Who watches a camera: claims under concurrency, epochs, expiry, and the fence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.tenancy import installation, tenant
from cameras.models import CameraStatus
from cameras.services import camera_delete, camera_disable, camera_state_report
from tests.cast import Cast, make_camera
from tests.workers.rows import lease_of, let_die, let_expire
from workers.leases import (
    Held,
    LeaseLost,
    Seen,
    Wanted,
    fence,
    lease_hand_over,
    lease_release,
    lease_start,
    leases_claim,
    leases_ensure,
    leases_expire,
    leases_renew,
    leases_resend,
)
from workers.models import CameraLease, LeaseState, WorkerNode
from workers.nodes import node_drain, node_heartbeat, node_leave

pytestmark = pytest.mark.django_db(transaction=True)

Register = Callable[..., UUID]


def claimed(cast: Cast, node_id: UUID) -> Held:
    """Watch Gate 3 from this node and return the right to it."""
    leases_ensure()
    leases_claim()
    held = lease_start(camera_id=cast.gate3.id, epoch=lease_of(cast.gate3.id).epoch, node_id=node_id)
    assert held is not None
    return held


def test_every_enabled_camera_of_every_organization_gets_a_lease(cast: Cast) -> None:
    make_camera(cast.north, cast.presets["balanced"], "Gate 4", enabled=False)
    assert leases_ensure() == 2
    assert leases_ensure() == 0
    with installation():
        leased = set(CameraLease.objects.values_list("camera_id", "organization_id"))
    assert leased == {(cast.gate3.id, cast.acme.id), (cast.globex_camera.id, cast.globex.id)}


def test_a_claim_raises_the_epoch_and_goes_to_the_emptiest_node(cast: Cast, node: Register) -> None:
    node("alpha", slots=1)
    node("beta", slots=4)
    gates = [make_camera(cast.north, cast.presets["balanced"], f"Gate {n}") for n in range(4, 7)]
    leases_ensure()
    slices = leases_claim()
    assert {one.camera_id for one in slices} == {cast.gate3.id, cast.globex_camera.id, *(gate.id for gate in gates)}
    assert {one.epoch for one in slices} == {1}
    assert sorted(one.node for one in slices) == ["alpha", "beta", "beta", "beta", "beta"]
    assert leases_claim() == []


def test_no_more_cameras_than_slots(cast: Cast, node: Register) -> None:
    node(slots=1)
    leases_ensure()
    assert len(leases_claim()) == 1
    assert leases_claim() == []


@pytest.mark.parametrize("why", ["draining", "dead"])
def test_a_node_that_is_draining_or_dead_gets_nothing(cast: Cast, node: Register, why: str) -> None:
    node_id = node()
    if why == "draining":
        node_drain(node_id)
    else:
        let_die(node_id)
    leases_ensure()
    assert leases_claim() == []


def test_two_reconcilers_at_once_claim_each_camera_once(cast: Cast, node: Register) -> None:
    for number in range(10):
        make_camera(cast.north, cast.presets["balanced"], f"Stand {number}")
    node("alpha", slots=5)
    node("beta", slots=5)
    leases_ensure()
    barrier = threading.Barrier(2)
    claims: list[list[Any]] = [[], []]

    def reconcile(turn: int) -> None:
        barrier.wait(10)
        try:
            # A node that the other one has locked is skipped for a moment; the tick comes round again.
            for _ in range(50):
                claims[turn].extend(leases_claim())
        finally:
            connection.close()

    threads = [threading.Thread(target=reconcile, args=(turn,)) for turn in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    both = claims[0] + claims[1]
    assert len(both) == 10
    assert len({one.camera_id for one in both}) == 10
    with installation():
        held = CameraLease.objects.exclude(node=None).values_list("node__name", "epoch")
        assert sorted(held) == [("alpha", 1)] * 5 + [("beta", 1)] * 5


def test_a_lease_locked_by_one_session_is_skipped_by_another(cast: Cast, node: Register, beside: Any) -> None:
    node()
    leases_ensure()
    with installation():
        CameraLease.objects.select_for_update().get(camera_id=cast.gate3.id)
        assert [one.camera_id for one in beside(leases_claim)] == [cast.globex_camera.id]
    assert [one.camera_id for one in leases_claim()] == [cast.gate3.id]


def test_a_slice_starts_only_for_the_holder_at_its_epoch(cast: Cast, node: Register) -> None:
    alpha = node("alpha")
    leases_ensure()
    leases_claim()
    beta = node("beta")
    assert lease_start(camera_id=cast.gate3.id, epoch=1, node_id=beta) is None
    assert lease_start(camera_id=cast.gate3.id, epoch=2, node_id=alpha) is None
    assert lease_of(cast.gate3.id).state == LeaseState.SENT
    assert lease_start(camera_id=cast.gate3.id, epoch=1, node_id=alpha) == Held(cast.gate3.id, cast.acme.id, alpha, 1)
    assert lease_of(cast.gate3.id).state == LeaseState.RUNNING


def test_an_expired_lease_is_taken_back_and_claimed_at_the_next_epoch(cast: Cast, node: Register) -> None:
    held = claimed(cast, node())
    assert leases_expire() == []
    let_expire(cast.gate3.id)
    assert leases_expire() == [cast.gate3.id]
    assert (lease_of(cast.gate3.id).node, lease_of(cast.gate3.id).restarts) == (None, 1)
    (again,) = leases_claim()
    assert (again.camera_id, again.epoch) == (cast.gate3.id, held.epoch + 1)


def test_an_expired_lease_is_not_renewed_and_its_holder_hears_of_it(cast: Cast, node: Register) -> None:
    node_id = node()
    held = claimed(cast, node_id)
    assert leases_renew(node_id, [held], {}) == {cast.gate3.id: Wanted(True, 1)}
    let_expire(cast.gate3.id)
    before = lease_of(cast.gate3.id).expires_at
    assert leases_renew(node_id, [held], {}) == {}
    assert lease_of(cast.gate3.id).expires_at == before


def test_a_renewal_extends_the_lease_and_keeps_the_last_frame(cast: Cast, node: Register) -> None:
    node_id = node()
    held = claimed(cast, node_id)
    with installation():
        CameraLease.objects.update(expires_at=Now() + timedelta(seconds=1))
    leases_renew(node_id, [held], {cast.gate3.id: Seen(7, 1_700_000_000.0)})
    lease = lease_of(cast.gate3.id)
    assert lease.expires_at is not None and lease.expires_at > timezone.now() + timedelta(seconds=5)
    assert lease.last_frame_at is not None and lease.last_frame_at.timestamp() == 1_700_000_000.0
    assert lease.config_version == 7


def test_a_renewal_does_not_wait_for_a_write_that_has_the_lease_locked(cast: Cast, node: Register, beside: Any) -> None:
    node_id = node()
    held = claimed(cast, node_id)
    with fence(held):
        assert beside(lambda: leases_renew(node_id, [held], {})) == {cast.gate3.id: Wanted(True, 1)}


def test_a_renewal_tells_of_a_changed_and_a_disabled_camera(cast: Cast, node: Register) -> None:
    node_id = node()
    held = claimed(cast, node_id)
    camera_disable(camera_id=cast.gate3.id, organization_id=cast.acme.id, at=timezone.now())
    assert leases_renew(node_id, [held], {}) == {cast.gate3.id: Wanted(False, 2)}


def test_a_deleted_camera_is_a_lost_lease(cast: Cast, node: Register) -> None:
    node_id = node()
    held = claimed(cast, node_id)
    camera_delete(camera_id=cast.gate3.id, organization_id=cast.acme.id, at=timezone.now())
    assert leases_renew(node_id, [held], {}) == {}
    with pytest.raises(LeaseLost), fence(held):
        pass


@pytest.mark.parametrize("why", ["expired", "next epoch", "another node", "released"])
def test_the_fence_refuses_whoever_lost_the_lease(cast: Cast, node: Register, why: str) -> None:
    held = claimed(cast, node("alpha"))
    if why == "expired":
        let_expire(cast.gate3.id)
    elif why == "next epoch":
        let_expire(cast.gate3.id)
        leases_expire()
        leases_claim()
    elif why == "another node":
        node("alpha")
    else:
        lease_release(held)
    with pytest.raises(LeaseLost), fence(held):
        camera_state_report(
            camera_id=cast.gate3.id,
            organization_id=cast.acme.id,
            status=CameraStatus.ONLINE,
            at=timezone.now(),
        )
    with tenant(cast.acme.id):
        assert not hasattr(type(cast.gate3).objects.get(id=cast.gate3.id), "state")


def test_the_fence_keeps_others_from_claiming_until_the_write_is_done(cast: Cast, node: Register, beside: Any) -> None:
    held = claimed(cast, node())
    with fence(held):
        # The holder's time runs out in the middle of its write; the claim has to wait for the write.
        CameraLease.objects.filter(camera_id=cast.gate3.id).update(expires_at=Now() - timedelta(seconds=1))
        assert beside(leases_expire) == []
    assert leases_expire() == [cast.gate3.id]


def test_a_session_that_falls_silent_inside_a_write_loses_its_lock(cast: Cast, node: Register, beside: Any) -> None:
    held = claimed(cast, node())
    with transaction.atomic(), fence(held), connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("4s",)


def test_a_slice_that_ends_hands_over_to_the_next(cast: Cast, node: Register) -> None:
    node_id = node()
    held = claimed(cast, node_id)
    assert lease_hand_over(held)
    lease = lease_of(cast.gate3.id)
    assert (lease.state, lease.epoch, lease.node_id) == (LeaseState.SENT, 1, node_id)
    assert lease_start(camera_id=cast.gate3.id, epoch=1, node_id=node_id) == held


def test_a_slice_that_did_not_begin_is_sent_again_at_the_same_epoch(cast: Cast, node: Register) -> None:
    node()
    leases_ensure()
    sent = leases_claim()
    assert leases_resend() == []
    with installation():
        CameraLease.objects.update(sent_at=Now() - timedelta(seconds=5))
    assert sorted(leases_resend(), key=str) == sorted(sent, key=str)
    assert leases_resend() == []


def test_a_running_slice_is_not_sent_again(cast: Cast, node: Register) -> None:
    claimed(cast, node())
    with installation():
        CameraLease.objects.update(sent_at=Now() - timedelta(seconds=5))
    assert [one.camera_id for one in leases_resend()] == [cast.globex_camera.id]


def test_a_camera_disabled_before_its_slice_began_is_taken_back_at_once(cast: Cast, node: Register) -> None:
    node()
    leases_ensure()
    leases_claim()
    camera_disable(camera_id=cast.gate3.id, organization_id=cast.acme.id, at=timezone.now())
    assert leases_expire() == [cast.gate3.id]
    assert leases_claim() == []


def test_a_process_that_comes_again_under_its_name_frees_what_it_held(cast: Cast, node: Register) -> None:
    held = claimed(cast, node("alpha"))
    again = node("alpha")
    assert again != held.node_id
    assert lease_of(cast.gate3.id).node is None
    assert not node_heartbeat(held.node_id, {})
    assert node_heartbeat(again, {})


def test_a_node_that_was_silent_for_too_long_must_register_anew(cast: Cast, node: Register) -> None:
    node_id = node()
    let_die(node_id)
    assert not node_heartbeat(node_id, {})


def test_a_node_that_leaves_gives_everything_back_at_once(cast: Cast, node: Register) -> None:
    node_id = node()
    claimed(cast, node_id)
    node_leave(node_id)
    assert (lease_of(cast.gate3.id).node, lease_of(cast.globex_camera.id).node) == (None, None)
    assert not WorkerNode.objects.exists()
