"""How a camera gets its worker: leases that expire, and epochs that tell the holder of now from every earlier one.

Time is the database's, because several machines share it. A lease says which node may watch a camera and until when.
Each new claim raises the epoch, and every write on behalf of a camera goes through `fence`, which refuses whoever
does not hold the lease at this epoch any more: a process that was paused for a minute cannot write late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now

from accounts.tenancy import installation, tenant
from cameras.models import Camera
from workers.headroom import Load, allowance
from workers.models import CameraLease, LeaseState, WorkerNode
from workers.moments import moment

LEASE_TTL_S = 8.0
SENT_PATIENCE_S = 4.0
"""A slice that was sent and has not begun after so long is sent again: its message may be lost."""

# A process that is paused inside a transaction would hold the row's lock, and nobody could take its camera over.
IDLE_LIMIT = "4s"
LOCK_LIMIT = "3s"

_TTL = timedelta(seconds=LEASE_TTL_S)


class LeaseLost(Exception):
    """The lease expired, or belongs to another node or epoch: nothing may be written for the camera any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """The right of one node to watch one camera at one epoch."""

    camera_id: UUID
    organization_id: UUID
    node_id: UUID
    epoch: int

    def __str__(self) -> str:
        return f"camera {self.camera_id} at epoch {self.epoch}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a slice tells with its renewal: the settings it runs with, and its last frame in Unix seconds."""

    config_version: int
    last_frame_at: float | None = None

    def columns(self) -> dict[str, object]:
        frame = {} if self.last_frame_at is None else {"last_frame_at": moment(self.last_frame_at)}
        return {"config_version": self.config_version, **frame}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the database says of a held camera: its settings' version and whether it should be watched at all."""

    enabled: bool
    config_version: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice to send: this node watches this camera at this epoch."""

    camera_id: UUID
    epoch: int
    node: str


def limit_transaction() -> None:
    """Let the database end the open transaction if this process falls silent inside it, or waits long for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true), set_config('lock_timeout', %s, true)",
            [IDLE_LIMIT, LOCK_LIMIT],
        )


def leases_ensure() -> int:
    """Give every enabled camera a lease row; return how many were made."""
    with installation():
        missing = Camera.objects.filter(enabled=True, lease=None).order_by("id").values_list("id", "organization_id")
        rows = [CameraLease(camera_id=camera, organization_id=organization) for camera, organization in missing]
        CameraLease.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def leases_expire() -> list[UUID]:
    """Take the lease from every holder that did not renew in time, and return the cameras.

    A disabled camera whose slice was sent and did not begin is taken back at once.
    """
    with installation():
        limit_transaction()
        over = Q(expires_at__lte=Now()) | Q(camera__enabled=False, state=LeaseState.SENT)
        leases = CameraLease.objects.select_for_update(skip_locked=True, of=("self",))
        cameras = list(
            leases.filter(over, node__isnull=False).order_by("camera_id").values_list("camera_id", flat=True)
        )
        CameraLease.objects.filter(camera_id__in=cameras).update(
            node=None, expires_at=None, sent_at=None, restarts=F("restarts") + 1
        )
    return cameras


def leases_claim() -> list[Slice]:
    """Hand free cameras to live nodes that have room, the one with the most first, and return the slices to send.

    Room is what slots and processor leave (workers.headroom); a node that has not measured itself takes a few at first.
    Two reconcilers at once share the work: a node or camera that the other has locked is skipped.
    """
    claimed: list[Slice] = []
    with installation():
        limit_transaction()
        nodes = WorkerNode.objects.select_for_update(skip_locked=True, no_key=True)
        alive = list(nodes.filter(draining=False, last_seen_at__gt=Now() - _TTL).order_by("name"))
        held = CameraLease.objects.filter(node__in=alive).values_list("node").annotate(Count("camera_id"))
        load: dict[UUID, int] = dict(held.order_by("node"))
        hosts = Counter(node.host for node in alive)
        free = {
            node.id: allowance(Load.of(node.load), node.slots, load.get(node.id, 0), hosts[node.host]) for node in alive
        }
        total = sum(slots for slots in free.values() if slots > 0)
        leases = CameraLease.objects.select_for_update(skip_locked=True, of=("self",))
        # Where slots are short after a failure, cameras that gave pictures come before those that never did.
        waiting = leases.filter(node=None, camera__enabled=True).order_by(
            F("last_frame_at").desc(nulls_last=True), "camera_id"
        )
        for lease in waiting[:total]:
            node = max(alive, key=lambda node: free[node.id])
            free[node.id] -= 1
            epoch = lease.epoch + 1
            CameraLease.objects.filter(camera_id=lease.camera_id).update(
                node=node, epoch=epoch, expires_at=Now() + _TTL, sent_at=Now(), state=LeaseState.SENT
            )
            claimed.append(Slice(lease.camera_id, epoch, node.name))
    return claimed


def leases_resend() -> list[Slice]:
    """Return the slices that were sent SENT_PATIENCE_S ago and have not begun; they count as sent now."""
    with installation():
        limit_transaction()
        leases = CameraLease.objects.select_for_update(skip_locked=True, of=("self",)).select_related("node")
        late = leases.filter(
            state=LeaseState.SENT,
            node__isnull=False,
            camera__enabled=True,
            sent_at__lte=Now() - timedelta(seconds=SENT_PATIENCE_S),
            expires_at__gt=Now(),
        )
        slices = [Slice(lease.camera_id, lease.epoch, lease.node.name) for lease in late.order_by("camera_id")]  # type: ignore[union-attr]
        CameraLease.objects.filter(camera_id__in=[one.camera_id for one in slices]).update(sent_at=Now())
    return slices


def lease_start(*, camera_id: UUID, epoch: int, node_id: UUID) -> Held | None:
    """Begin a slice: the lease is running. None when this node does not hold the camera at this epoch."""
    with installation():
        limit_transaction()
        own = CameraLease.objects.filter(camera_id=camera_id, epoch=epoch, node_id=node_id, expires_at__gt=Now())
        if not own.update(state=LeaseState.RUNNING, expires_at=Now() + _TTL):
            return None
        organization_id = own.values_list("organization_id", flat=True).get()
    return Held(camera_id, organization_id, node_id, epoch)


def lease_hand_over(held: Held) -> bool:
    """End a slice and keep the camera: its next slice counts as sent. False when the lease is lost."""
    with installation():
        limit_transaction()
        kept = _own(held).update(state=LeaseState.SENT, sent_at=Now(), expires_at=Now() + _TTL)
    return bool(kept)


def lease_release(held: Held) -> bool:
    """Give the camera back at once, so that another node need not wait for the lease to expire."""
    with installation():
        limit_transaction()
        return bool(_own(held).update(node=None, expires_at=None, sent_at=None))


def leases_renew(node_id: UUID, held: Iterable[Held], seen: Mapping[UUID, Seen]) -> dict[UUID, Wanted]:
    """Renew these leases in one transaction, and return what the database wants of each that is still held.

    A camera that is missing from the answer is lost: expired, taken by another, or deleted. A lease that a write of
    our own has locked at this moment stays as it is until the next renewal. seen is written beside it.
    """
    epochs = {one.camera_id: one.epoch for one in held}
    with installation():
        limit_transaction()
        own = CameraLease.objects.filter(node_id=node_id, camera_id__in=epochs, expires_at__gt=Now())
        locked = own.select_for_update(skip_locked=True).order_by("camera_id").values_list("camera_id", "epoch")
        for camera_id in [camera_id for camera_id, epoch in locked if epochs[camera_id] == epoch]:
            columns = seen[camera_id].columns() if camera_id in seen else {}
            CameraLease.objects.filter(camera_id=camera_id).update(expires_at=Now() + _TTL, **columns)
        rows = own.order_by("camera_id").values_list("camera_id", "epoch", "camera__enabled", "camera__config_version")
        return {
            camera_id: Wanted(enabled, version)
            for camera_id, epoch, enabled, version in rows
            if epochs[camera_id] == epoch
        }


@contextmanager
def fence(held: Held) -> Iterator[CameraLease]:
    """Open the transaction in which a camera's facts are written, with its lease locked.

    Raises:
        LeaseLost: this node does not hold the camera at this epoch any more; nothing was written.
    """
    with tenant(held.organization_id):
        limit_transaction()
        lease = _own(held).select_for_update().first()
        if lease is None:
            raise LeaseLost(f"The lease of {held} is lost; another worker may be watching.")
        yield lease


def _own(held: Held) -> QuerySet[CameraLease]:
    return CameraLease.objects.filter(
        camera_id=held.camera_id, node_id=held.node_id, epoch=held.epoch, expires_at__gt=Now()
    )
