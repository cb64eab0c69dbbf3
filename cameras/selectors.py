"""What of sites, cameras and presets an actor may read; a stranger's id is as unknown as a wrong one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, F, Prefetch, QuerySet, Sum
from django.http import Http404

from accounts.actors import Actor
from cameras.models import (
    Camera,
    CameraBaseline,
    CameraCalibration,
    CameraScores,
    Preset,
    SenseSettings,
    Site,
    SiteTeam,
)

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
    """Return the organization's cameras with site, preset, state, baseline and calibration.

    The last three are absent until a worker first speaks of them.
    """
    actor.require("cameras.view")
    return (
        Camera.objects.filter(organization_id=actor.organization_id)
        .select_related("site", "preset", "state", "baseline", "calibration")
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


def sense_settings(organization_id: UUID) -> SenseSettings:
    """Return what the organization's cameras listen and look for; the defaults, unsaved, where nobody chose."""
    found = SenseSettings.objects.filter(organization_id=organization_id).first()
    return found or SenseSettings(organization_id=organization_id)


def baseline_of(camera: Camera) -> CameraBaseline | None:
    """Return what a camera has learned, None before its worker first said."""
    found: CameraBaseline | None = getattr(camera, "baseline", None)
    return found


def calibration_of(camera: Camera) -> CameraCalibration | None:
    """Return a camera's calibration, None before anything was computed or asked for."""
    found: CameraCalibration | None = getattr(camera, "calibration", None)
    return found


def scores_since(camera: Camera, since: dt.datetime, until: dt.datetime) -> QuerySet[CameraScores]:
    """Return the camera's stored minutes of scores that overlap a span, oldest first, each with its packed series."""
    found = CameraScores.objects.filter(camera=camera, ended_at__gt=since, started_at__lt=until)
    return found.order_by("started_at", "id")


def recorded_s(camera: Camera) -> float:
    """Return how many seconds of scores are stored of a camera."""
    total = CameraScores.objects.filter(camera=camera).aggregate(total=Sum(F("ended_at") - F("started_at")))["total"]
    return float(total.total_seconds()) if total else 0.0


MAX_POINTS = 2400
"""Eight days in steps of five minutes."""


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """The highest score (0–1) of some minutes."""

    since: dt.datetime
    until: dt.datetime
    highest: float


def score_points(camera: Camera, since: dt.datetime, until: dt.datetime) -> list[ScorePoint]:
    """Return the highest score of each stored stretch that overlaps a span, oldest first, at most MAX_POINTS.

    Where there are more, neighbours are told as one, with the higher of their scores.
    """
    rows = scores_since(camera, since, until).values_list("started_at", "ended_at", "highest")
    points = [ScorePoint(*row) for row in rows]
    step = -(-len(points) // MAX_POINTS)
    if step <= 1:
        return points
    groups = (points[i : i + step] for i in range(0, len(points), step))
    return [ScorePoint(group[0].since, group[-1].until, max(p.highest for p in group)) for group in groups]


def _one(rows: QuerySet[Row], row_id: UUID) -> Row:
    row = rows.filter(id=row_id).first()
    if row is None:
        raise Http404
    return row
