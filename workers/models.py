"""Runs: which node watches which camera, until when, and under which epoch."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import TenantModel
from cameras.models import Camera


class WorkerNode(models.Model):
    """One watching process on one machine or GPU; it belongs to the installation, not to an organization."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    host = models.CharField(max_length=120)
    device = models.CharField(max_length=40, default="cpu")
    slots = models.PositiveIntegerField()
    version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)
    draining = models.BooleanField(default=False)
    load = models.JSONField(default=dict)
    """What it last measured of itself (workers.headroom.Load), and the engines that run its detectors."""

    def __str__(self) -> str:
        return self.name


class LeaseState(models.TextChoices):
    SENT = "sent", "Sent to the node"
    RUNNING = "running", "Running"


class CameraLease(TenantModel):
    """The right to watch a camera, held by one node until expires_at; a new holder raises the epoch."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="lease")
    node = models.ForeignKey(WorkerNode, on_delete=models.SET_NULL, null=True, related_name="leases")
    epoch = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    config_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=LeaseState, default=LeaseState.SENT)
    last_frame_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    restarts = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.camera_id} epoch {self.epoch}"
