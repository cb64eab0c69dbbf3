"""The “Test connection” button: start a test, and answer the page that asks how it stands."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.actors import Actor
from accounts.admin_base import actor_of
from cameras.credentials import UnreadableSource
from cameras.probe import QueueUnreachable, probe_answer, probe_start
from cameras.selectors import camera_get
from cameras.services import camera_source
from cameras.sources import check_source


@sensitive_post_parameters("source")
@require_POST
def test_connection(request: HttpRequest) -> JsonResponse:
    """Test the address that was typed, or the stored one of `camera` where the field was left empty."""
    actor = actor_of(request)
    try:
        source = _source(actor, request.POST.get("source", ""), request.POST.get("camera", ""))
        request_id = probe_start(actor=actor, source=source, at=timezone.now())
    except ValidationError as refusal:
        return JsonResponse({"state": "done", "ok": False, "message": " ".join(refusal.messages)})
    except (UnreadableSource, QueueUnreachable) as error:
        return JsonResponse({"state": "done", "ok": False, "message": str(error)})
    answer = reverse("admin:cameras_camera_test_answer", args=[request_id])
    return JsonResponse({"state": "waiting", "answer": answer}, status=202)


@never_cache
@require_GET
def test_connection_answer(request: HttpRequest, request_id: UUID) -> JsonResponse:
    return JsonResponse(probe_answer(actor=actor_of(request), request_id=request_id, at=timezone.now()))


def _source(actor: Actor, typed: str, camera_id: str) -> str:
    if typed.strip() or not camera_id:
        return check_source(typed, organization=actor.organization, trusted=actor.user.is_superuser)
    try:
        wanted = UUID(camera_id)
    except ValueError:
        raise ValidationError("There is no such camera.") from None
    return camera_source(camera_get(actor, wanted))
