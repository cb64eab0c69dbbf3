"""Make what is watched what should be watched: one pass, safe to repeat and to run beside itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models.functions import Now
from django.utils import timezone

from accounts.tenancy import installation
from cameras.models import Camera, CameraState, CameraStatus
from cameras.services import camera_state_report
from workers import dispatch
from workers.leases import LEASE_TTL_S, leases_claim, leases_ensure, leases_expire, leases_resend
from workers.models import WorkerNode
from workers.nodes import nodes_forget

RECONCILED_AT = "workers:reconciled_at"
"""The cache key of the Unix time of the last pass; /health tells its age."""

RECONCILED_KEPT_S = 3600


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did, in counts."""

    made: int
    expired: int
    claimed: int
    resent: int
    waiting: int


def reconcile() -> Pass:
    """Make lease rows, take back what expired, hand out free cameras, send again what was lost."""
    made = leases_ensure()
    expired = leases_expire()
    claimed = leases_claim()
    resent = leases_resend()
    dispatch.send([*claimed, *resent])
    waiting = _report_waiting()
    for node in nodes_forget():
        dispatch.drop_queue(node)
    cache.set(RECONCILED_AT, time.time(), RECONCILED_KEPT_S)
    return Pass(made, len(expired), len(claimed), len(resent), waiting)


def _report_waiting() -> int:
    """Say of every enabled camera without a worker why it waits; return how many wait."""
    with installation():
        idle = Camera.objects.filter(enabled=True, lease__node=None).order_by("id")
        cameras = list(idle.values_list("id", "organization_id"))
        if not cameras:
            return 0
        told = dict(_told([camera_id for camera_id, _ in cameras]))
        alive = WorkerNode.objects.filter(draining=False, last_seen_at__gt=Now() - timedelta(seconds=LEASE_TTL_S))
        slots = list(alive.order_by("name").values_list("slots", flat=True))
    message = _why(slots)
    for camera_id, organization_id in cameras:
        if told.get(camera_id) != message:
            camera_state_report(
                camera_id=camera_id,
                organization_id=organization_id,
                status=CameraStatus.WAITING,
                message=message,
                at=timezone.now(),
                analysed_fps=0.0,
            )
    return len(cameras)


def _told(cameras: Sequence[UUID]) -> list[tuple[UUID, str]]:
    waiting = CameraState.objects.filter(camera_id__in=cameras, status=CameraStatus.WAITING)
    return list(waiting.order_by("camera_id").values_list("camera_id", "message"))


def _why(slots: Sequence[int]) -> str:
    if not slots:
        return "No worker is running. The camera is watched as soon as one starts."
    nodes = "1 worker" if len(slots) == 1 else f"{len(slots)} workers"
    return (
        f"Every slot is taken ({sum(slots)} on {nodes}). Start another worker, or raise VEDETTE_SLOTS "
        "if the machine has power to spare."
    )
