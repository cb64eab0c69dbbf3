"""Keep what the watching worker last said of a camera."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack
from uuid import UUID

from cameras.credentials import masked_text
from cameras.models import Camera, CameraState, CameraStatus
from cameras.services.writing import writing

MESSAGE_LENGTH = 300


class SenseFacts(TypedDict):
    """How a sense stands: state is one of detection.senses.State; message is a sentence; model its weights' name.

    dropped counts what it had no time for.
    """

    state: str
    message: str
    model: str
    dropped: int


class Figures(TypedDict, total=False):
    """What a worker counts, as in cameras.models.CameraState; counters start anew with the next worker.

    senses: by sense, "pose", "audio" and "scene".
    """

    last_frame_at: dt.datetime | None
    analysed_fps: float
    frames: int
    dropped: int
    reconnects: int
    width: int
    height: int
    score: float
    warming_up: bool
    stage_ms: dict[str, float]
    senses: dict[str, SenseFacts]


def camera_state_report(
    *,
    camera_id: UUID,
    organization_id: UUID,
    status: str,
    at: dt.datetime,
    message: str = "",
    **figures: Unpack[Figures],
) -> bool:
    """Write a camera's state; return whether its status changed. A camera that is gone is left alone.

    A camera that was disabled meanwhile stays "disabled", whatever a worker that has not seen it yet reports.
    """
    with writing(organization_id, None):
        state = CameraState.objects.select_for_update().filter(camera_id=camera_id).first()
        # Read after the lock: a disable that runs meanwhile waits for it and then has the last word.
        camera = Camera.objects.filter(id=camera_id, organization_id=organization_id).only("enabled").first()
        if camera is None:
            return False
        if not camera.enabled:
            status, message = CameraStatus.DISABLED, ""
        return set_status(state or _new(camera_id, organization_id, at), status, message, at, figures)


def set_status(state: CameraState, status: str, message: str, at: dt.datetime, figures: Figures | None = None) -> bool:
    """Write a status into a state row that the caller has locked; return whether it is another one than before."""
    changed = state._state.adding or state.status != status
    if changed:
        state.since = at
    state.status = CameraStatus(status)
    state.message = _said(message)
    state.reported_at = at
    for name, value in (figures or {}).items():
        setattr(state, name, value)
    if figures and "senses" in figures:
        state.senses = {
            sense: {**facts, "message": _said(facts["message"])} for sense, facts in figures["senses"].items()
        }
    state.save()
    return changed


def state_for_update(camera: Camera, at: dt.datetime) -> CameraState:
    """Return a camera's state row, locked; a new one, unsaved, where no worker has said anything yet."""
    state = CameraState.objects.select_for_update().filter(camera=camera).first()
    return state or _new(camera.id, camera.organization_id, at)


def _said(message: str) -> str:
    return masked_text(message)[:MESSAGE_LENGTH]


def _new(camera_id: UUID, organization_id: UUID, at: dt.datetime) -> CameraState:
    return CameraState(camera_id=camera_id, organization_id=organization_id, since=at, reported_at=at)
