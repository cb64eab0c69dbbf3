"""Compute cameras' thresholds from their own scores: when somebody asks, and by and by for all."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import installation, tenant
from cameras.calibration import NEEDED_H, WINDOW_DAYS, Outlook, Wanted, camera_wanted, preset_wanted
from cameras.models import Camera, CameraScores, Preset
from cameras.selectors import scores_since
from cameras.services.calibrations import calibration_put
from cameras.turns import turn_end, turn_take, turns_add
from detection import calibrate
from detection.calibrate import Calibration, ScoreSeries, SeriesError
from detection.calibrate.choice import Span
from incidents.decisions import decisions_of
from workers.moments import moment
from workers.plan import event_settings
from workers.scribe import ENGINE_ERRORS

log = logging.getLogger(__name__)

EVERY = dt.timedelta(hours=6)
FIRST_DAY_EVERY = dt.timedelta(hours=1)
"""While there is little footage, each hour changes what it says."""


def calibrate_camera(camera_id: UUID) -> None:
    """Compute what the camera's setting and each preset mean on its scores of the last days, and keep it."""
    with installation():
        organization_id = Camera.objects.filter(id=camera_id).values_list("organization_id", flat=True).first()
    if organization_id is None:
        return
    now = timezone.now()
    since = now - dt.timedelta(days=WINDOW_DAYS)
    with tenant(organization_id):
        camera = Camera.objects.select_related("preset", "calibration").filter(id=camera_id).first()
        if camera is None:
            return
        series = _series(camera, since, now)
        confirmed = [(start, end) for start, end, normal in decisions_of(camera_id, since) if not normal]
        presets = list(Preset.objects.filter(organization_id=organization_id).order_by("name", "id"))
    wanted = camera_wanted(camera)
    made = _computed(series, wanted, camera.preset, confirmed)
    calibration_put(
        organization_id=organization_id,
        camera_id=camera_id,
        at=now,
        wanted=wanted,
        threshold=made.threshold,
        alerts_per_day=made.alerts_per_day,
        held_out_alerts_per_day=made.held_out_alerts_per_day,
        share_over=made.share_over,
        hours=made.hours,
        from_at=None if made.from_at is None else moment(made.from_at),
        to_at=None if made.to_at is None else moment(made.to_at),
        enough=made.hours >= NEEDED_H,
        message=made.message,
        table=made.table,
        presets={preset.id: _outlook(series, preset, confirmed) for preset in presets},
    )


def calibrate_next() -> None:
    """Compute the camera whose turn it is; one that fails comes again with the next round. Raises RedisError."""
    turn = turn_take()
    try:
        if turn is not None:
            calibrate_camera(turn.camera_id)
    except ENGINE_ERRORS as error:
        log.warning("camera %s is calibrated in the next round: %s", turn and turn.camera_id, error)
    finally:
        turn_end(turn)


def calibrate_due() -> int:
    """Queue the cameras whose scores have grown since they were last computed, the stalest first; return how many.

    Raises RedisError.
    """
    now = timezone.now()
    with installation():
        organizations = list(Organization.objects.order_by("id").values_list("id", flat=True))
    due: dict[UUID, float] = {}
    for organization_id in organizations:
        with tenant(organization_id):
            due |= {camera_id: at.timestamp() if at else 0.0 for camera_id, at in _stale(now)}
    turns_add(due)
    return len(due)


def _stale(now: dt.datetime) -> QuerySet[Camera, tuple[UUID, dt.datetime | None]]:
    """Return the organization's cameras that are due, and when each was last computed."""
    recorded = CameraScores.objects.filter(ended_at__gt=now - EVERY).values("camera_id")
    never = Q(calibration__isnull=True) | Q(calibration__computed_at__isnull=True)
    old = Q(calibration__computed_at__lt=now - EVERY)
    young = Q(calibration__hours__lt=24.0, calibration__computed_at__lt=now - FIRST_DAY_EVERY)
    asked = Q(calibration__asked_at__gt=F("calibration__computed_at"))
    return (
        Camera.objects.filter(never | old | young | asked, enabled=True, id__in=recorded)
        .order_by(F("calibration__computed_at").asc(nulls_first=True), "id")
        .values_list("id", "calibration__computed_at")
    )


def _series(camera: Camera, since: dt.datetime, until: dt.datetime) -> ScoreSeries:
    parts = []
    for row in scores_since(camera, since, until):
        try:
            parts.append(ScoreSeries.unpack(bytes(row.packed)))
        except SeriesError as error:
            log.error("some minutes of camera %s are left out: %s", camera.id, error)
    return ScoreSeries.joined(parts)


def _computed(series: ScoreSeries, wanted: Wanted, preset: Preset, confirmed: list[Span]) -> Calibration:
    return calibrate.calibrate(series, _asked(wanted), event_settings(preset, preset.threshold), confirmed)


def _outlook(series: ScoreSeries, preset: Preset, confirmed: list[Span]) -> Outlook:
    wanted = preset_wanted(preset)
    made = _computed(series, wanted, preset, confirmed)
    return {"wanted": wanted, "threshold": made.threshold, "alerts_per_day": made.alerts_per_day}


def _asked(wanted: Wanted) -> calibrate.Wanted:
    if "alerts_per_day" in wanted:
        return calibrate.AlertsPerDay(wanted["alerts_per_day"])
    if "share" in wanted:
        return calibrate.Share(wanted["share"])
    return calibrate.Fixed(wanted["threshold"])
