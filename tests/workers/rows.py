"""Read and age the rows that leases are made of."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from accounts.tenancy import installation
from workers.models import CameraLease, WorkerNode

LOAD = {
    "cores": 2, "own": 0.4, "machine": 0.6, "cameras": 4, "over_s": 30.0, "rss_mb": 312.0,
    "detectors": [{"model": "yolox_nano", "input": "320×416", "engine": "OpenVINO bf16",
                   "candidates": [{"engine": "OpenVINO bf16", "ms": 5.9, "agreement": 1.0}]}],
}  # fmt: skip
"""What a process says of its machine that watches four cameras."""


def lease_of(camera_id: UUID) -> CameraLease:
    """Read a lease as the installation sees it."""
    with installation():
        return CameraLease.objects.select_related("node").get(camera_id=camera_id)


def let_expire(camera_id: UUID) -> None:
    """Let a lease's time run out, as if its holder had been silent."""
    with installation():
        CameraLease.objects.filter(camera_id=camera_id).update(expires_at=Now() - timedelta(seconds=1))


def let_die(node_id: UUID) -> None:
    """Let a node be silent for long enough to count as dead."""
    WorkerNode.objects.filter(id=node_id).update(last_seen_at=Now() - timedelta(seconds=60))
