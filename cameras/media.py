"""Serve a camera's newest picture to those who may see the camera."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from cameras.selectors import camera_get
from cameras.snapshots import TTL_S, Snapshot, snapshot_get

NO_PICTURE = f"This camera has sent no picture in the last {TTL_S} seconds."


@login_required
@require_safe
def camera_snapshot(request: HttpRequest, camera_id: UUID) -> HttpResponseBase:
    actor = getattr(request, "actor", None)
    if actor is None:
        raise Http404
    snapshot = snapshot_get(camera_get(actor, camera_id).id)
    if snapshot is None:
        return private(HttpResponse(NO_PICTURE, status=404, content_type="text/plain; charset=utf-8"))
    return snapshot_response(request, snapshot)


def snapshot_response(request: HttpRequest, snapshot: Snapshot) -> HttpResponseBase:
    """Return the picture, or 304 to a browser that has it; X-Picture-Age says how many seconds old it is."""
    known = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponse(status=304) if snapshot.etag in known else HttpResponse(snapshot.jpeg, "image/jpeg")
    response["ETag"] = snapshot.etag
    response["Last-Modified"] = http_date(snapshot.captured_at.timestamp())
    response["X-Picture-Age"] = f"{snapshot.age_s(timezone.now()):.1f}"
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    """Let no shared cache keep a picture, and the browser's own only to ask whether it is still the newest."""
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Authorization"
    return response
