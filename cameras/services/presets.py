"""Create, change and delete detection presets; the cameras that use a changed one take it over at once."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from accounts.actors import Actor
from accounts.services import audit
from cameras.models import Camera, Preset
from cameras.services.writing import delete_unless_used, insert_or_update, writing

BUILTIN: tuple[tuple[str, float, str], ...] = (
    ("Conservative", 0.85, "Alerts only to what is very unusual for the camera. For busy places and small teams."),
    ("Balanced", 0.75, "Alerts to what is clearly unusual for the camera. A good start for most places."),
    ("Moderate", 0.60, "Alerts to somewhat unusual scenes too. For places where something missed costs more."),
    ("Sensitive", 0.45, "Alerts to small departures from the usual. For quiet places where nobody should be."),
)
"""Name, threshold on the 0–1 score, and what a manager reads of it."""


class PresetFields(TypedDict, total=False):
    """A preset's settings; see cameras.models.Preset for units and ranges."""

    name: str
    description: str
    threshold: float
    hysteresis_low_ratio: float
    min_frames: int
    end_patience_frames: int
    cooldown_seconds: float
    analysed_fps: float


def presets_create_builtin(*, organization_id: UUID, at: dt.datetime | None = None) -> list[Preset]:
    """Give an organization the four presets that it lacks; return all four, from the calmest."""
    present = at or timezone.now()
    with writing(organization_id, None):
        own = {preset.name: preset for preset in Preset.objects.filter(organization_id=organization_id)}
        return [
            own.get(name)
            or preset_create(
                organization_id=organization_id, at=present, name=name, threshold=threshold, description=text
            )
            for name, threshold, text in BUILTIN
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
