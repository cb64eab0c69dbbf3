"""Keep what the watching worker says of a camera's learned normality, and the learned state itself."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.actors import Actor
from accounts.services import audit
from cameras.models import BaselinePhase, Camera, CameraBaseline
from cameras.services.scores import scores_forget
from cameras.services.writing import writing

LEARNS = "baseline"
"""The scorer that learns what is normal for each camera."""

_LEARNING = {BaselinePhase.WARMING_UP, BaselinePhase.RELEARNING}
"""While it learns, a camera is judged by its recent past alone; its scores do not compare with those afterwards."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a camera had learned when it was last saved: the state, and what stands for the picture that it is of.

    before: the same of the address before, until this one is learned.
    """

    state: bytes | None = None
    picture: str = ""
    before: Saved | None = None


class Learned(TypedDict):
    """What a baseline says of itself; progress 0–1, left_s and learned_s in seconds, left_s None where unknown."""

    phase: str
    progress: float
    left_s: float | None
    message: str
    since: dt.datetime
    learned_s: float
    objects_learned: int
    version: str


def baseline_report(
    *,
    organization_id: UUID,
    camera_id: UUID,
    at: dt.datetime,
    saved: Saved | None = None,
    relearned: dt.datetime | None = None,
    **learned: Unpack[Learned],
) -> CameraBaseline | None:
    """Write how a camera's baseline stands, and keep what is saved, replacing what was.

    relearned: the relearn_wanted_at that the worker has carried out by this; a newer wish stays. When the camera
    begins or ends learning, scores and calibration of the judge before are forgotten. Returns None when the camera
    is gone. Raises what the storage raises; nothing is written then.
    """
    with writing(organization_id, None):
        # The camera's own row stays unlocked: a change of its settings locks that first and this one after it.
        camera = Camera.objects.filter(id=camera_id, organization_id=organization_id).first()
        if camera is None:
            return None
        baseline = _for_update(camera, learned["since"])
        if baseline.reported_at is not None and (baseline.phase in _LEARNING) != (learned["phase"] in _LEARNING):
            scores_forget(camera)
        for name, value in learned.items():
            setattr(baseline, name, value)
        baseline.phase = BaselinePhase(learned["phase"])
        baseline.message = learned["message"][:300]
        baseline.reported_at = at
        wish = baseline.relearn_wanted_at
        if relearned is not None and wish is not None and wish <= relearned:
            baseline.relearn_wanted_at = None
        if saved is not None:
            _keep(baseline, saved, at)
        baseline.save()
    return baseline


def baseline_saved(baseline: CameraBaseline) -> Saved:
    """Return what was last saved of a camera; raises what the storage raises."""
    before = _read(baseline.before_file)
    return Saved(
        _read(baseline.state_file), baseline.picture, None if before is None else Saved(before, baseline.before_picture)
    )


def baseline_relearn(
    *, organization_id: UUID, camera_id: UUID, at: dt.datetime, actor: Actor | None = None
) -> CameraBaseline:
    """Have a camera forget what is normal and learn it anew; its worker follows at once, or when it next watches.

    Raises Camera.DoesNotExist, and ValidationError for a camera whose scorer learns nothing.
    """
    with writing(organization_id, actor):
        camera = Camera.objects.select_for_update(no_key=True).get(id=camera_id, organization_id=organization_id)
        if camera.scorer != LEARNS:
            raise ValidationError(f"“{camera}” learns nothing: its scorer is {camera.scorer}. Choose baseline first.")
        baseline = relearn_wanted(camera, at)
        camera.config_version += 1
        camera.save(update_fields=["config_version"])
        audit(
            organization_id=organization_id,
            actor=actor.user if actor else None,
            action="camera.relearn",
            target=camera.name,
            at=at,
            details={"camera": str(camera.id)},
        )
    return baseline


def relearn_wanted(camera: Camera, at: dt.datetime) -> CameraBaseline:
    """Note the wish inside the caller's transaction; the caller lets the worker hear of it."""
    baseline = _for_update(camera, at)
    baseline.relearn_wanted_at = at
    baseline.save()
    scores_forget(camera)
    return baseline


def state_files(camera: Camera) -> list[str]:
    """Return the names of the files that hold what a camera learned."""
    rows = CameraBaseline.objects.filter(camera=camera).values_list("state_file", "before_file")
    return [name for row in rows for name in row if name]


def state_forget(name: str) -> None:
    """Remove a learned state that nothing names any more."""
    if not name:
        return
    try:
        default_storage.delete(name)
    except Exception as error:  # every storage has its own; nothing depends on the file
        log.warning("the learned state %s could not be removed: %s", name, error)


def _for_update(camera: Camera, since: dt.datetime) -> CameraBaseline:
    """Return the camera's baseline, locked; a new one where nobody has spoken of it, made once by two."""
    defaults = {"organization_id": camera.organization_id, "since": since}
    CameraBaseline.objects.get_or_create(camera_id=camera.id, defaults=defaults)
    return CameraBaseline.objects.select_for_update().get(camera_id=camera.id)


def _read(name: str) -> bytes | None:
    if not name:
        return None
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        log.warning("the learned state %s is gone; the camera learns anew", name)
        return None


def _keep(baseline: CameraBaseline, saved: Saved, at: dt.datetime) -> None:
    if saved.state is not None:
        _forget_later(baseline.state_file)
        baseline.state_file, baseline.picture = _stored(baseline, saved.state), saved.picture
        baseline.saved_at = at
    before = saved.before
    if before is None:
        _forget_later(baseline.before_file)
        baseline.before_file = baseline.before_picture = ""
    elif before.state is not None and before.picture != baseline.before_picture:
        _forget_later(baseline.before_file)
        baseline.before_file, baseline.before_picture = _stored(baseline, before.state), before.picture


def _stored(baseline: CameraBaseline, state: bytes) -> str:
    # A new name each time: a reader never meets half a file, and a rollback leaves the row with the old one.
    name = f"{baseline.organization_id}/{baseline.camera_id}/baseline/{uuid.uuid4()}.npz"
    return str(default_storage.save(name, ContentFile(state)))


def _forget_later(name: str) -> None:
    transaction.on_commit(lambda: state_forget(name), robust=True)
