"""What of sites, cameras and presets an actor may read; a stranger's id is as unknown as a wrong one."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404

from accounts.actors import Actor
from cameras.models import Camera, Preset, Site, SiteTeam

Row = TypeVar("Row", Site, Camera, Preset)


def sites_of(actor: Actor) -> QuerySet[Site]:
    """Return the organization's sites with their covering teams and `camera_count`."""
    actor.require("cameras.view")
    covering = SiteTeam.objects.select_related("team").order_by("team__name", "id")
    return (
        Site.objects.filter(organization_id=actor.organization_id)
        .annotate(camera_count=Count("cameras"))
        .prefetch_related(Prefetch("covering_teams", queryset=covering))
        .order_by("name", "id")
    )


def site_get(actor: Actor, site_id: UUID) -> Site:
    return _one(sites_of(actor), site_id)


def cameras_of(actor: Actor) -> QuerySet[Camera]:
    """Return the organization's cameras with site, preset and state (absent until a worker first speaks of one)."""
    actor.require("cameras.view")
    return (
        Camera.objects.filter(organization_id=actor.organization_id)
        .select_related("site", "preset", "state")
        .order_by("site__name", "name", "id")
    )


def camera_get(actor: Actor, camera_id: UUID) -> Camera:
    return _one(cameras_of(actor), camera_id)


def presets_of(actor: Actor) -> QuerySet[Preset]:
    """Return the organization's presets with `camera_count`, from the calmest."""
    actor.require("cameras.view")
    return (
        Preset.objects.filter(organization_id=actor.organization_id)
        .annotate(camera_count=Count("cameras"))
        .order_by("-threshold", "name", "id")
    )


def preset_get(actor: Actor, preset_id: UUID) -> Preset:
    return _one(presets_of(actor), preset_id)


def _one(rows: QuerySet[Row], row_id: UUID) -> Row:
    row = rows.filter(id=row_id).first()
    if row is None:
        raise Http404
    return row
