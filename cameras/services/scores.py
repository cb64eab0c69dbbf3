"""Keep a camera's scores of the last days, from which its threshold is calibrated."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from accounts.models import Organization
from accounts.tenancy import installation
from cameras.models import Camera, CameraCalibration, CameraScores
from cameras.services.writing import writing

KEPT_DAYS = 8
"""The seven days that a calibration looks at, and one to spare."""


def scores_put(
    *,
    organization_id: UUID,
    camera_id: UUID,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    packed: bytes,
    highest: float,
) -> bool:
    """Keep some minutes of scores, packed as detection.calibrate packs them; highest is the greatest of them, 0–1.

    The same minutes told twice are kept once. Returns whether the camera is still there.
    """
    with writing(organization_id, None):
        if not Camera.objects.filter(id=camera_id, organization_id=organization_id).exists():
            return False
        CameraScores.objects.update_or_create(
            organization_id=organization_id,
            camera_id=camera_id,
            started_at=started_at,
            defaults={"ended_at": ended_at, "packed": packed, "highest": highest},
        )
    return True


def scores_prune(*, at: dt.datetime) -> int:
    """Delete what ended over KEPT_DAYS ago, of every organization; return how many rows."""
    with installation():
        organizations = list(Organization.objects.order_by("id").values_list("id", flat=True))
    deleted = 0
    for organization_id in organizations:
        with writing(organization_id, None):
            old = CameraScores.objects.filter(
                organization_id=organization_id, ended_at__lt=at - dt.timedelta(days=KEPT_DAYS)
            )
            deleted += old.delete()[0]
    return deleted


def scores_forget(camera: Camera) -> None:
    """Forget scores and calibration inside the caller's transaction: another judge's scores do not compare."""
    CameraScores.objects.filter(camera=camera).delete()
    CameraCalibration.objects.filter(camera=camera).delete()
