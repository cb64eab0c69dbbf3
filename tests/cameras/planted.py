"""A camera whose address carries a password that must never show, and every row that a refusal must leave alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.tenancy import tenant
from cameras.models import (
    Camera,
    CameraBaseline,
    CameraCalibration,
    CameraScores,
    CameraState,
    Preset,
    SenseSettings,
    Site,
    SiteTeam,
)
from cameras.services import camera_create

PASSWORD = "pl4nted-s3cret"
SOURCE = f"rtsp://root:{PASSWORD}@10.0.0.8:554/stream"

TABLES: tuple[type[Model], ...] = (
    Site,
    SiteTeam,
    Preset,
    Camera,
    CameraState,
    CameraBaseline,
    CameraCalibration,
    CameraScores,
    SenseSettings,
    AuditEntry,
)


def make_secret_camera(cast: Any) -> Camera:
    return camera_create(
        organization_id=cast.acme.id,
        actor=cast.mia.actor,
        at=timezone.now(),
        site_id=cast.north.id,
        preset_id=cast.presets["balanced"].id,
        name="Dock",
        source=SOURCE,
    )


def read_rows(cast: Any) -> list[list[dict[str, Any]]]:
    """Return every row of both organizations' sites, presets, cameras, states and audit trail."""
    found = []
    for organization in (cast.acme, cast.globex):
        with tenant(organization.id):
            found += [[_plain(row) for row in table.objects.order_by("pk").values()] for table in TABLES]
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
