"""What a worker tells of a camera's normality, for the tests that read it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cameras.models import Camera, CameraBaseline, CameraCalibration
from cameras.services import baseline_report, calibration_put, scores_put

AT = dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def learned(camera: Camera, at: dt.datetime = AT, **changes: Any) -> CameraBaseline | None:
    """Report a baseline that is active since an hour, but for the changes."""
    given: dict[str, Any] = {
        "phase": "active",
        "progress": 1.0,
        "left_s": None,
        "message": "",
        "since": AT - HOUR,
        "learned_s": 187_200.0,
        "objects_learned": 1834,
        "version": "living1",
        **changes,
    }
    return baseline_report(organization_id=camera.organization_id, camera_id=camera.id, at=at, **given)


def calibrated(camera: Camera, at: dt.datetime = AT, **changes: Any) -> CameraCalibration | None:
    """Put a calibration of a whole week for 2 alerts a day, but for the changes."""
    given: dict[str, Any] = {
        "wanted": {"alerts_per_day": 2.0},
        "threshold": 0.81,
        "alerts_per_day": 2.0,
        "held_out_alerts_per_day": 1.75,
        "share_over": 0.002,
        "hours": 168.0,
        "from_at": AT - 168 * HOUR,
        "to_at": AT,
        "enough": True,
        "message": "",
        "table": [(0.5, 31.0), (0.81, 2.0)],
        "presets": {},
        **changes,
    }
    return calibration_put(organization_id=camera.organization_id, camera_id=camera.id, at=at, **given)


def scored(camera: Camera, started_at: dt.datetime, minutes: float = 5, highest: float = 0.3) -> bool:
    """Put some minutes of scores."""
    return scores_put(
        organization_id=camera.organization_id,
        camera_id=camera.id,
        started_at=started_at,
        ended_at=started_at + dt.timedelta(minutes=minutes),
        packed=b"packed",
        highest=highest,
    )
