"""Change what an organization's cameras listen and look for; every watch takes it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F

from accounts.actors import Actor
from accounts.services import audit
from cameras.models import Camera, SenseSettings
from cameras.phrasing import check_languages, check_phrases
from cameras.prompting import check_prompts
from cameras.services.writing import insert_or_update, writing
from detection.pose.limits import LimitError, check_limits


class SenseFields(TypedDict, total=False):
    """What can be said of the senses; see cameras.models.SenseSettings. None as phrases: the built-in ones."""

    transcripts: str
    languages: Sequence[str]
    phrases: Mapping[str, Sequence[str]] | None
    prompts: str
    posture: Mapping[str, float]


def sense_settings_update(
    *, organization_id: UUID, at: dt.datetime, actor: Actor | None = None, **fields: Unpack[SenseFields]
) -> SenseSettings:
    """Change the named settings, and have every camera of the organization watched with them.

    Raises ValidationError, naming the line where phrases or descriptions cannot be used.
    """
    with writing(organization_id, actor):
        settings = SenseSettings.objects.select_for_update().filter(organization_id=organization_id).first()
        if settings is None:
            defaults = SenseSettings(organization_id=organization_id)
            if not _apply(defaults, fields):
                return defaults
            # Made once by two who both find none; the later one waits here for the earlier.
            SenseSettings.objects.get_or_create(organization_id=organization_id, defaults={"changed_at": at})
            settings = SenseSettings.objects.select_for_update().get(organization_id=organization_id)
        changed = _apply(settings, fields)
        if not changed:
            return settings
        settings.version += 1
        settings.changed_at = at
        insert_or_update(settings)
        Camera.objects.filter(organization_id=organization_id).update(config_version=F("config_version") + 1)
        audit(
            organization_id=organization_id,
            actor=actor.user if actor else None,
            action="senses.update",
            target="Senses",
            at=at,
            details={"fields": changed},
        )
    return settings


def _apply(settings: SenseSettings, fields: SenseFields) -> list[str]:
    """Set the fields on the settings, checked; return the names of those that are different now."""
    changed = []
    phrases = check_phrases(fields["phrases"]) if "phrases" in fields else settings.phrases
    languages = fields.get("languages", settings.languages)
    checked: dict[str, object] = {"phrases": phrases, "languages": check_languages(languages, phrases)}
    if "prompts" in fields:
        checked["prompts"] = check_prompts(fields["prompts"])
    if "posture" in fields:
        try:
            checked["posture"] = check_limits(fields["posture"])
        except LimitError as error:
            raise ValidationError({"posture": str(error)}) from error
    if "transcripts" in fields:
        checked["transcripts"] = fields["transcripts"]
    for name, value in checked.items():
        if value != getattr(settings, name):
            setattr(settings, name, value)
            changed.append(name)
    return sorted(changed)
