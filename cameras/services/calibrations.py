"""Keep what a camera's own scores make of its setting, and ask the workers for it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from redis.exceptions import RedisError

from accounts.actors import Actor
from cameras.calibration import NEEDED_H, Outlook, Wanted, camera_threshold
from cameras.models import Camera, CameraCalibration
from cameras.selectors import recorded_s
from cameras.services.writing import writing
from cameras.spans import span_words
from cameras.turns import turn_ask

log = logging.getLogger(__name__)


def calibration_put(
    *,
    organization_id: UUID,
    camera_id: UUID,
    at: dt.datetime,
    wanted: Wanted,
    threshold: float,
    alerts_per_day: float,
    held_out_alerts_per_day: float | None,
    share_over: float,
    hours: float,
    from_at: dt.datetime | None,
    to_at: dt.datetime | None,
    enough: bool,
    message: str,
    table: Sequence[tuple[float, float]],
    presets: Mapping[UUID, Outlook],
) -> CameraCalibration | None:
    """Keep a computation; where the camera's threshold changes by it, its worker follows at once.

    wanted is what was computed for (cameras.calibration.camera_wanted); table: (threshold, alerts a day) from the
    lowest threshold; presets: what each preset of the organization would do here, with its own durations and pauses.
    Returns None when the camera is gone.
    """
    if not 0.0 < threshold <= 1.0:
        raise ValueError(f"A camera's threshold must be over 0 and at most 1, not {threshold}.")
    with writing(organization_id, None):
        camera = _locked(organization_id, camera_id)
        if camera is None:
            return None
        before = camera_threshold(camera)
        calibration = _row(camera)
        calibration.wanted, calibration.threshold = wanted, threshold
        calibration.alerts_per_day, calibration.held_out_alerts_per_day = alerts_per_day, held_out_alerts_per_day
        calibration.share_over, calibration.hours = share_over, hours
        calibration.from_at, calibration.to_at = from_at, to_at
        calibration.enough, calibration.message = enough, message[:300]
        calibration.table = [list(row) for row in table]
        calibration.presets = {str(preset_id): dict(outlook) for preset_id, outlook in presets.items()}
        calibration.computed_at = at
        calibration.save()
        if camera_threshold(camera) != before:
            camera.config_version += 1
            camera.save(update_fields=["config_version"])
    return calibration


def calibration_ask(
    *, organization_id: UUID, camera_id: UUID, at: dt.datetime, actor: Actor | None = None
) -> CameraCalibration:
    """Have a worker compute the camera's threshold anew from its last days.

    Raises Camera.DoesNotExist, and ValidationError while too little is recorded to compute anything from.
    """
    with writing(organization_id, actor):
        camera = _locked(organization_id, camera_id)
        if camera is None:
            raise Camera.DoesNotExist
        recorded = recorded_s(camera)
        if recorded < NEEDED_H * 3600:
            raise ValidationError(too_little(camera, recorded))
        return calibration_ask_quietly(camera, at)


def calibration_ask_quietly(camera: Camera, at: dt.datetime) -> CameraCalibration:
    """Note that a computation is asked for, and queue it for the workers once the caller's transaction is kept.

    Where Redis does not answer, the workers' own round computes it later; nobody's change fails for that.
    """
    calibration = _row(camera)
    calibration.asked_at = at
    calibration.save()
    camera_id = camera.id
    transaction.on_commit(lambda: _queue(camera_id, at), robust=True)
    return calibration


def too_little(camera: Camera, recorded: float) -> str:
    """Say that a camera has too little footage; recorded in seconds."""
    has = f"{span_words(recorded)} of scores" if recorded else "no scores of the last days yet"
    return (
        f"This camera has {has}; about {NEEDED_H:.0f} hours are needed. "
        f"Until then the preset's own threshold {camera.preset.threshold:.2f} holds."
    )


def _queue(camera_id: UUID, at: dt.datetime) -> None:
    try:
        turn_ask(camera_id, at.timestamp())
    except RedisError as error:
        log.warning("no worker could be asked to calibrate camera %s: %s", camera_id, error)


def _row(camera: Camera) -> CameraCalibration:
    """Return the camera's calibration, a new unsaved one where there is none, and let the camera know it."""
    calibration: CameraCalibration | None = getattr(camera, "calibration", None)
    if calibration is None:
        calibration = CameraCalibration(camera=camera, organization_id=camera.organization_id)
    return calibration


def _locked(organization_id: UUID, camera_id: UUID) -> Camera | None:
    found = Camera.objects.select_for_update(no_key=True, of=("self",)).select_related("preset", "calibration")
    return found.filter(id=camera_id, organization_id=organization_id).first()
