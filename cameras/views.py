"""Pages about cameras: all of them as tiles, and one of them large."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cameras.alone import alone_of, alone_words
from cameras.calibration import camera_wanted, preset_wanted
from cameras.chart import HOURS, chart_of
from cameras.frame import Narrowing, frame_context, member_page
from cameras.models import Camera, CameraState, CameraStatus
from cameras.normal import Normality, normality_of, other_settings, promise_of
from cameras.selectors import camera_get, cameras_of, presets_of, score_points
from cameras.sense_forms import CameraSensesForm
from cameras.sense_states import sense_lines
from cameras.services.scores import KEPT_DAYS
from cameras.shape import picture_shape
from cameras.snapshots import snapshot_get


@dataclass(frozen=True, slots=True)
class Tile:
    """A camera as a page shows it; picture_at is when its newest picture was taken, None when there is none."""

    camera: Camera
    status: str
    status_words: str
    message: str
    picture_at: dt.datetime | None
    normality: Normality

    @property
    def state(self) -> CameraState | None:
        return getattr(self.camera, "state", None)


@member_page
@require_safe
def cameras(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show every camera of the organization, or of the site and name asked for."""
    narrowing = Narrowing.of(request.GET)
    found = cameras_of(actor)
    if narrowing.site:
        found = found.filter(site_id=narrowing.site)
    if narrowing.words:
        found = found.filter(Q(name__icontains=narrowing.words) | Q(site__name__icontains=narrowing.words))
    context = frame_context(actor, room="cameras", find_action=reverse("cameras"), narrowing=narrowing)
    context["tiles"] = [tile_of(camera) for camera in found]
    context["narrowed"] = bool(narrowing)
    return render(request, "cameras/cameras.html", context)


@member_page
@require_safe
def camera(request: HttpRequest, actor: Actor, camera_id: UUID) -> HttpResponse:
    """Show one camera large, with the figures of its worker and what happened there."""
    context = frame_context(actor, room="cameras", find_action=reverse("cameras"), narrowing=Narrowing())
    context["tile"] = tile_of(camera_get(actor, camera_id))
    context["shape"] = picture_shape(context["tile"].camera)
    context["senses"] = sense_lines(context["tile"].camera)
    context["sense_switches"] = CameraSensesForm(instance=context["tile"].camera)
    context |= _normal_context(actor, context["tile"].camera)
    return render(request, "cameras/camera.html", context)


def _normal_context(actor: Actor, camera: Camera) -> dict[str, object]:
    """Return what the panels about normality show: what was learned, what the setting means, the last 24 hours."""
    now = timezone.now()
    promise = promise_of(camera, now)
    points = score_points(camera, now - dt.timedelta(hours=HOURS), now)
    presets = list(presets_of(actor))
    return {
        "promise": promise,
        "alone": alone_words(alone_of(camera, now)),
        "chart": chart_of(points, promise.threshold, now.astimezone(ZoneInfo(camera.site.time_zone))),
        "settings": other_settings(camera, presets),
        "presets": presets,
        "own_target": camera_wanted(camera) != preset_wanted(camera.preset),
        "kept_days": KEPT_DAYS,
    }


def tile_of(camera: Camera) -> Tile:
    """Return a camera's tile; a camera that no worker has spoken of yet is waiting for one."""
    state: CameraState | None = getattr(camera, "state", None)
    status = CameraStatus(state.status) if state else CameraStatus.WAITING
    if not camera.enabled:
        status = CameraStatus.DISABLED
    snapshot = snapshot_get(camera.id) if camera.enabled else None
    return Tile(
        camera=camera,
        status=status.value,
        status_words=str(status.label),
        # A camera that is well needs no words: its message only names the address that is read.
        message=state.message if state and status not in (CameraStatus.ONLINE, CameraStatus.DISABLED) else "",
        picture_at=snapshot.captured_at if snapshot else None,
        normality=normality_of(camera),
    )
