"""Create, change, switch and delete cameras; the worker that watches one sees config_version rise and follows."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from functools import partial
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from accounts.actors import Actor
from accounts.models import Organization
from accounts.services import audit
from cameras.checks import check_detector, check_masks, check_scorer
from cameras.credentials import UnreadableSource, decrypt, encrypt, masked_token
from cameras.models import Camera, CameraBaseline, CameraStatus, Preset, Site
from cameras.services.baselines import relearn_wanted, state_files, state_forget
from cameras.services.calibrations import calibration_ask_quietly
from cameras.services.scores import scores_forget
from cameras.services.state import set_status, state_for_update
from cameras.services.writing import delete_unless_used, found, insert_or_update, writing
from cameras.snapshots import snapshot_forget
from cameras.sources import check_source

TARGETS = ("preset", "alerts_per_day", "share", "analysed_fps")
"""The fields whose change asks for another threshold."""

SENSES = ("pose", "audio", "scene")
"""The senses beside the detector, each of which may be switched off."""

WATCHED = ("source", "loop", "site", "detector", "scorer", "masks", "enabled", *SENSES, *TARGETS)
"""The fields whose change the watching worker must hear of."""


class CameraFields(TypedDict, total=False):
    """What can be said of a camera. source is the address in clear, with its credentials.

    alerts_per_day or share is the camera's own target, which goes before its preset's; None leaves it to the preset,
    as it does analysed_fps.
    """

    site_id: UUID
    name: str
    source: str
    loop: bool
    preset_id: UUID
    detector: str
    scorer: str
    analysed_fps: float | None
    alerts_per_day: float | None
    share: float | None
    masks: list[list[list[float]]]
    pose: bool
    audio: bool
    scene: bool
    enabled: bool


def camera_source(camera: Camera) -> str:
    """Return the address in clear, for the worker that opens it; raises credentials.UnreadableSource."""
    return decrypt(camera.source_encrypted)


def camera_create(
    *,
    organization_id: UUID,
    at: dt.datetime,
    actor: Actor | None = None,
    trusted_source: bool = False,
    **fields: Unpack[CameraFields],
) -> Camera:
    """Create a camera; a worker takes it up within seconds.

    trusted_source lets the address be any file or USB camera of the server; an installation administrator has it
    anyway. Raises ValidationError.
    """
    with writing(organization_id, actor):
        camera = Camera(organization_id=organization_id)
        changed = _apply(camera, {"source": "", **fields}, _trusted(actor, trusted_source))
        insert_or_update(camera)
        _show(camera, at)
        _audit("camera.create", camera, actor, at, changed)
    return camera


def camera_update(
    *,
    organization_id: UUID,
    camera_id: UUID,
    at: dt.datetime,
    actor: Actor | None = None,
    trusted_source: bool = False,
    **fields: Unpack[CameraFields],
) -> Camera:
    """Change the named fields of a camera; raises Camera.DoesNotExist and ValidationError."""
    with writing(organization_id, actor):
        camera = _locked(organization_id, camera_id)
        changed = _apply(camera, fields, _trusted(actor, trusted_source))
        if not changed:
            return camera
        if any(name in WATCHED for name in changed):
            camera.config_version += 1
        insert_or_update(camera)
        if {"enabled", "source"} & set(changed):
            _show(camera, at)
        if {"detector", "scorer"} & set(changed):
            _judge_anew(camera, at)
        if any(name in TARGETS for name in changed):
            calibration_ask_quietly(camera, at)
        _audit("camera.update", camera, actor, at, changed)
    return camera


def camera_enable(*, organization_id: UUID, camera_id: UUID, at: dt.datetime, actor: Actor | None = None) -> Camera:
    """Have a camera watched; one that is watched already stays as it is. Raises Camera.DoesNotExist."""
    return _switch(organization_id, camera_id, True, at, actor)


def camera_disable(*, organization_id: UUID, camera_id: UUID, at: dt.datetime, actor: Actor | None = None) -> Camera:
    """Stop watching a camera; its incidents and settings stay. Raises Camera.DoesNotExist."""
    return _switch(organization_id, camera_id, False, at, actor)


def camera_delete(*, organization_id: UUID, camera_id: UUID, at: dt.datetime, actor: Actor | None = None) -> None:
    """Delete a camera without incidents; raises Camera.DoesNotExist, and ValidationError when it has some."""
    with writing(organization_id, actor):
        camera = Camera.objects.select_for_update().get(id=camera_id, organization_id=organization_id)
        _audit("camera.delete", camera, actor, at, [])
        states = state_files(camera)
        delete_unless_used(
            camera, f"“{camera}” cannot be deleted: incidents on record belong to it. Disable it instead."
        )
        transaction.on_commit(lambda: snapshot_forget(camera_id))
        for name in states:
            transaction.on_commit(partial(state_forget, name))


def camera_follow(*, camera_id: UUID) -> None:
    """Have the worker that watches a camera read anew what it goes by, inside the caller's transaction."""
    Camera.objects.filter(id=camera_id).update(config_version=F("config_version") + 1)


def _switch(organization_id: UUID, camera_id: UUID, enabled: bool, at: dt.datetime, actor: Actor | None) -> Camera:
    with writing(organization_id, actor):
        camera = _locked(organization_id, camera_id)
        if camera.enabled != enabled:
            camera.enabled = enabled
            camera.config_version += 1
            camera.save(update_fields=["enabled", "config_version"])
            _show(camera, at)
            _audit("camera.enable" if enabled else "camera.disable", camera, actor, at, ["enabled"])
    return camera


def _locked(organization_id: UUID, camera_id: UUID) -> Camera:
    # no_key: leases, states and events that point at the camera are written meanwhile.
    return Camera.objects.select_for_update(no_key=True).get(id=camera_id, organization_id=organization_id)


def _trusted(actor: Actor | None, trusted_source: bool) -> bool:
    return trusted_source or (actor is not None and actor.user.is_superuser)


def _apply(camera: Camera, fields: CameraFields, trusted: bool) -> list[str]:
    """Set the fields on the camera, checked; return the names of those that are different now."""
    own = {"organization_id": camera.organization_id}
    changed: list[str] = []
    if "source" in fields:
        changed += _apply_source(camera, fields["source"], trusted)
    if "site_id" in fields and fields["site_id"] != camera.site_id:
        camera.site = found(Site.objects.filter(id=fields["site_id"], **own).first(), "site_id", "site")
        changed.append("site")
    if "preset_id" in fields and fields["preset_id"] != camera.preset_id:
        camera.preset = found(Preset.objects.filter(id=fields["preset_id"], **own).first(), "preset_id", "preset")
        changed.append("preset")
    if "detector" in fields and fields["detector"] != camera.detector:
        camera.detector = check_detector(fields["detector"])
        changed.append("detector")
    if "scorer" in fields and fields["scorer"] != camera.scorer:
        camera.scorer = check_scorer(fields["scorer"])
        changed.append("scorer")
    changed += _apply_targets(camera, fields)
    if "masks" in fields and fields["masks"] != camera.masks:
        camera.masks = check_masks(fields["masks"])
        changed.append("masks")
    for name in ("name", "loop", "enabled", *SENSES):
        value = fields.get(name)
        if value is not None and value != getattr(camera, name):
            setattr(camera, name, value)
            changed.append(name)
    return changed


def _apply_targets(camera: Camera, fields: CameraFields) -> list[str]:
    changed = []
    if "analysed_fps" in fields and fields["analysed_fps"] != camera.analysed_fps:
        camera.analysed_fps = fields["analysed_fps"]
        changed.append("analysed_fps")
    alerts, share = fields.get("alerts_per_day", camera.alerts_per_day), fields.get("share", camera.share)
    if alerts is not None and share is not None:
        # The one that was named just now holds; both at once contradict each other.
        if fields.get("alerts_per_day") is not None and fields.get("share") is not None:
            raise ValidationError({"share": "Give alerts a day or a share of the footage, not both."})
        alerts, share = (None, share) if fields.get("share") is not None else (alerts, None)
    for name, value in (("alerts_per_day", alerts), ("share", share)):
        if value != getattr(camera, name):
            setattr(camera, name, value)
            changed.append(name)
    return changed


def _judge_anew(camera: Camera, at: dt.datetime) -> None:
    """Forget what was scored by another eye or judge; what was learned through another eye too."""
    if CameraBaseline.objects.filter(camera=camera).exists():
        relearn_wanted(camera, at)
    else:
        scores_forget(camera)


def _apply_source(camera: Camera, source: str, trusted: bool) -> list[str]:
    organization = Organization.objects.get(id=camera.organization_id)
    source = check_source(source, organization=organization, trusted=trusted)
    if camera.source_encrypted:
        # One that the installation's key cannot read is replaced, whatever it was.
        with suppress(UnreadableSource):
            if decrypt(camera.source_encrypted) == source:
                return []
    camera.source_encrypted = encrypt(source)
    return ["source"]


def _show(camera: Camera, at: dt.datetime) -> None:
    """Say at once what people wait to see after a change; the worker's next report replaces it."""
    status = CameraStatus.WAITING if camera.enabled else CameraStatus.DISABLED
    set_status(state_for_update(camera, at), status, "", at)


def _audit(action: str, camera: Camera, actor: Actor | None, at: dt.datetime, fields: list[str]) -> None:
    audit(
        organization_id=camera.organization_id,
        actor=actor.user if actor else None,
        action=action,
        target=camera.name,
        at=at,
        details={"camera": str(camera.id), "fields": fields, "source": masked_token(camera.source_encrypted)},
    )
