"""Create, change and delete sites, and say which teams cover them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F

from accounts.actors import Actor
from accounts.models import Team
from accounts.services import audit
from cameras.models import Site, SiteTeam
from cameras.services.writing import delete_unless_used, insert_or_update, writing


class SiteFields(TypedDict, total=False):
    """What can be said of a site; team_ids are the teams that get its alerts, all of them."""

    name: str
    address: str
    time_zone: str
    venue_capacity: int | None
    event_type: str
    security_level: str
    team_ids: Collection[UUID]


def site_create(
    *, organization_id: UUID, at: dt.datetime, actor: Actor | None = None, **fields: Unpack[SiteFields]
) -> Site:
    """Create a place with cameras; raises ValidationError."""
    with writing(organization_id, actor):
        team_ids = fields.pop("team_ids", ())
        site = Site(organization_id=organization_id, **fields)
        insert_or_update(site)
        _cover(site, team_ids)
        _audit("site.create", site, actor, at, sorted(fields))
    return site


def site_update(
    *, organization_id: UUID, site_id: UUID, at: dt.datetime, actor: Actor | None = None, **fields: Unpack[SiteFields]
) -> Site:
    """Change the named fields of a site; raises Site.DoesNotExist and ValidationError."""
    with writing(organization_id, actor):
        # no_key: cameras that point here may be written meanwhile.
        site = Site.objects.select_for_update(no_key=True).get(id=site_id, organization_id=organization_id)
        team_ids = fields.pop("team_ids", None)
        changed = [name for name, value in fields.items() if getattr(site, name) != value]
        for name in changed:
            setattr(site, name, fields.get(name))
        if changed:
            insert_or_update(site, update_fields=changed)
        if "time_zone" in changed:
            # Their workers tell the hours of the week by the site's clocks.
            site.cameras.update(config_version=F("config_version") + 1)
        if team_ids is not None and _cover(site, team_ids):
            changed.append("teams")
        if changed:
            _audit("site.update", site, actor, at, changed)
    return site


def site_delete(*, organization_id: UUID, site_id: UUID, at: dt.datetime, actor: Actor | None = None) -> None:
    """Delete a site without cameras or incidents; raises Site.DoesNotExist, and ValidationError while it has some."""
    with writing(organization_id, actor):
        site = Site.objects.select_for_update().get(id=site_id, organization_id=organization_id)
        cameras = site.cameras.count()
        has = f"{cameras} camera{'' if cameras == 1 else 's'}" if cameras else "incidents on record"
        _audit("site.delete", site, actor, at, [])
        delete_unless_used(site, f"“{site}” cannot be deleted: it has {has}.")


def _cover(site: Site, team_ids: Collection[UUID]) -> bool:
    """Make these the teams that cover the site; return whether that changed anything."""
    wanted = set(team_ids)
    if wanted != set(
        Team.objects.filter(organization_id=site.organization_id, id__in=wanted).values_list("id", flat=True)
    ):
        raise ValidationError({"team_ids": "There is no such team in your organization."})
    present = set(site.covering_teams.values_list("team_id", flat=True))
    site.covering_teams.exclude(team_id__in=wanted).delete()
    SiteTeam.objects.bulk_create(
        SiteTeam(organization_id=site.organization_id, site=site, team_id=team_id) for team_id in wanted - present
    )
    return wanted != present


def _audit(action: str, site: Site, actor: Actor | None, at: dt.datetime, fields: list[str]) -> None:
    audit(
        organization_id=site.organization_id,
        actor=actor.user if actor else None,
        action=action,
        target=site.name,
        at=at,
        details={"site": str(site.id), "fields": fields},
    )
