"""Create, change and delete detection presets; the cameras that use a changed one take it over at once."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from accounts.actors import Actor
from accounts.services import audit
from cameras.models import Basis, Camera, Preset
from cameras.services.calibrations import calibration_ask_quietly
from cameras.services.writing import delete_unless_used, insert_or_update, writing


class PresetFields(TypedDict, total=False):
    """A preset's settings; see cameras.models.Preset for units and ranges."""

    name: str
    description: str
    basis: str
    alerts_per_day: float | None
    share: float | None
    threshold: float
    hysteresis_low_ratio: float
    min_frames: int
    lone_frames: int | None
    smoothing_s: float
    sense_threshold: float
    end_patience_frames: int
    cooldown_seconds: float
    analysed_fps: float


BUILTIN: tuple[PresetFields, ...] = (
    {
        "name": "Default",
        "basis": Basis.ALERTS,
        "alerts_per_day": 2.0,
        "threshold": 0.75,
        "description": "About 2 alerts a day on each camera: its own last 7 days decide how unusual a scene must be. "
        "A good start for most places.",
    },
    {
        "name": "Conservative",
        "basis": Basis.SHARE,
        "share": 0.05,
        "threshold": 0.85,
        "sense_threshold": 0.85,
        "description": "The most unusual 5 % of the footage count. A quota does not ask whether anything was wrong: "
        "on a quiet day it still marks 72 minutes.",
    },
    {
        "name": "Balanced",
        "basis": Basis.SHARE,
        "share": 0.10,
        "threshold": 0.75,
        "description": "The most unusual 10 % of the footage count, on a quiet day too: 2.4 hours of each. Expect many "
        "alerts to harmless scenes.",
    },
    {
        "name": "Moderate",
        "basis": Basis.SHARE,
        "share": 0.25,
        "threshold": 0.60,
        "sense_threshold": 0.70,
        "description": "The most unusual quarter of the footage counts, 6 hours of each day. For short watches where "
        "something missed costs more than looking.",
    },
    {
        "name": "Sensitive",
        "basis": Basis.SHARE,
        "share": 0.40,
        "threshold": 0.45,
        "sense_threshold": 0.60,
        "description": "The most unusual 40 % of the footage count, 9.6 hours of each day. For places where nobody "
        "should be and somebody looks at every alert.",
    },
)
"""The settings of a new organization; threshold holds until a camera has enough footage of its own."""

_WORDS = {"name", "description", "sense_threshold"}
"""Fields whose change leaves the thresholds of the preset's cameras as they are."""


def presets_create_builtin(*, organization_id: UUID, at: dt.datetime | None = None) -> list[Preset]:
    """Give an organization the built-in presets that it lacks; return all five, the default first."""
    present = at or timezone.now()
    with writing(organization_id, None):
        own = {preset.name: preset for preset in Preset.objects.filter(organization_id=organization_id)}
        return [
            own.get(fields["name"]) or preset_create(organization_id=organization_id, at=present, **fields)
            for fields in BUILTIN
        ]


def preset_create(
    *, organization_id: UUID, at: dt.datetime, actor: Actor | None = None, **fields: Unpack[PresetFields]
) -> Preset:
    """Create a preset; raises ValidationError."""
    with writing(organization_id, actor):
        preset = Preset(organization_id=organization_id, **fields)
        insert_or_update(preset)
        _audit("preset.create", preset, actor, at, dict(fields))
    return preset


def preset_update(
    *,
    organization_id: UUID,
    preset_id: UUID,
    at: dt.datetime,
    actor: Actor | None = None,
    **fields: Unpack[PresetFields],
) -> Preset:
    """Change the named settings, and have every camera of this preset watched with them.

    Raises Preset.DoesNotExist and ValidationError.
    """
    with writing(organization_id, actor):
        preset = Preset.objects.select_for_update(no_key=True).get(id=preset_id, organization_id=organization_id)
        before = {name: getattr(preset, name) for name, value in fields.items() if getattr(preset, name) != value}
        for name in before:
            setattr(preset, name, fields.get(name))
        if before:
            insert_or_update(preset, update_fields=list(before))
            preset.cameras.update(config_version=F("config_version") + 1)
            if set(before) - _WORDS:
                for camera in preset.cameras.select_related("calibration").order_by("id"):
                    calibration_ask_quietly(camera, at)
            after = {name: getattr(preset, name) for name in before}
            _audit("preset.update", preset, actor, at, {"before": before, "after": after})
    return preset


def preset_delete(*, organization_id: UUID, preset_id: UUID, at: dt.datetime, actor: Actor | None = None) -> None:
    """Delete a preset that no camera uses; raises Preset.DoesNotExist, and ValidationError while one does."""
    with writing(organization_id, actor):
        preset = Preset.objects.select_for_update().get(id=preset_id, organization_id=organization_id)
        users = Camera.objects.filter(preset=preset).count()
        _audit("preset.delete", preset, actor, at, {})
        delete_unless_used(
            preset,
            f"“{preset}” cannot be deleted: {users} camera{' uses' if users == 1 else 's use'} it. "
            "Give them another preset first.",
        )


def _audit(action: str, preset: Preset, actor: Actor | None, at: dt.datetime, details: dict[str, object]) -> None:
    audit(
        organization_id=preset.organization_id,
        actor=actor.user if actor else None,
        action=action,
        target=preset.name,
        at=at,
        details={"preset": str(preset.id), **details},
    )
