"""The rows of the watching processes: who is alive, with how many slots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from accounts.tenancy import installation
from workers.leases import LEASE_TTL_S, limit_transaction
from workers.models import CameraLease, LeaseState, WorkerNode

FORGET_AFTER_S = 600.0
"""A node that has been silent for so long does not come back under its old id."""


def node_register(*, name: str, host: str, device: str, slots: int) -> UUID:
    """Enter this process as a node under a new id.

    An earlier process of the same name is gone, since the supervisor runs one at a time: its leases are free at once,
    without waiting for them to expire, and whatever it still tries to write is refused.
    """
    with installation():
        limit_transaction()
        CameraLease.objects.filter(node__name=name).update(
            node=None, expires_at=None, sent_at=None, state=LeaseState.SENT
        )
        WorkerNode.objects.filter(name=name).delete()
        node = WorkerNode.objects.create(
            name=name,
            host=host,
            device=device,
            slots=slots,
            version=settings.VEDETTE_VERSION,
            started_at=Now(),
            last_seen_at=Now(),
        )
    return node.id


def node_heartbeat(node_id: UUID, load: dict[str, Any]) -> bool:
    """Say that this process lives, and how busy it is.

    False when it was silent for too long or replaced: it must register anew.
    """
    alive = WorkerNode.objects.filter(id=node_id, last_seen_at__gt=Now() - timedelta(seconds=LEASE_TTL_S))
    return bool(alive.update(last_seen_at=Now(), load=load))


def node_leave(node_id: UUID) -> None:
    """Give back every camera of this process and remove its row: it is shutting down."""
    with installation():
        limit_transaction()
        CameraLease.objects.filter(node_id=node_id).update(
            node=None, expires_at=None, sent_at=None, state=LeaseState.SENT
        )
        WorkerNode.objects.filter(id=node_id).delete()


def node_drain(node_id: UUID) -> None:
    """Let no further camera come to this process."""
    WorkerNode.objects.filter(id=node_id).update(draining=True)


def nodes_forget() -> list[str]:
    """Remove the rows of long dead nodes and return their names."""
    with installation():
        limit_transaction()
        gone = WorkerNode.objects.filter(last_seen_at__lt=Now() - timedelta(seconds=FORGET_AFTER_S))
        names = list(gone.select_for_update(skip_locked=True).order_by("name").values_list("name", flat=True))
        WorkerNode.objects.filter(name__in=names).delete()
    return names
