"""Pages of the senses: what an organization listens and looks for, and which senses a camera has."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from cameras import services
from cameras.frame import Narrowing, frame_context, member_page
from cameras.phrasing import MAX_PHRASES
from cameras.selectors import camera_get, sense_settings
from cameras.sense_forms import CameraSensesForm, SensesForm
from detection.types import CATEGORIES


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def senses(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show managers what the cameras listen and look for, and save what they change."""
    actor.require("cameras.manage", to="change what the cameras listen and look for")
    settings = sense_settings(actor.organization_id)
    if request.method != "POST":
        return _page(request, actor, SensesForm(settings))
    if filled := request.POST.get("fill"):
        return _page(request, actor, SensesForm.filled(settings, request.POST, filled), filled=filled)
    form = SensesForm(settings, request.POST)
    if form.is_valid() and _saved(actor, form):
        messages.success(request, "Saved. The cameras follow within seconds.")
        return redirect("senses")
    return _page(request, actor, form, status=422)


@member_page
@require_POST
def camera_senses(request: HttpRequest, actor: Actor, camera_id: UUID) -> HttpResponse:
    """Switch the senses of one camera."""
    camera = camera_get(actor, camera_id)
    common = {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}
    wanted = {name: name in request.POST for name in CameraSensesForm.Meta.fields}
    changed = services.camera_update(camera_id=camera.id, **common, **wanted)
    on = [CameraSensesForm.Meta.labels[name] for name, switched_on in wanted.items() if switched_on]
    messages.success(request, f"“{changed}” uses {', '.join(on) or 'none'} of its senses now.")
    return redirect("camera", camera_id=camera_id)


def _saved(actor: Actor, form: SensesForm) -> bool:
    """Save a valid form; False, with the reason in the form, where the service refuses."""
    names = ("transcripts", "languages", "phrases", "prompts", "posture")
    fields = {name: form.cleaned_data[name] for name in names}
    try:
        services.sense_settings_update(organization_id=actor.organization_id, actor=actor, at=timezone.now(), **fields)
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return False
    return True


def _page(request: HttpRequest, actor: Actor, form: SensesForm, *, filled: str = "", status: int = 200) -> HttpResponse:
    context = frame_context(actor, room="senses", find_action=reverse("console"), narrowing=Narrowing())
    context |= {"form": form, "filled": filled, "settings": form.settings}
    context |= {"limit": MAX_PHRASES, "categories": CATEGORIES}
    return render(request, "cameras/senses.html", context, status=status)
