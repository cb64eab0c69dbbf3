"""What managers change on a camera's page: its setting, and what it has learned. Plain forms, no script."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from cameras import services
from cameras.calibration import camera_wanted
from cameras.frame import member_page
from cameras.models import ALERTS_A_DAY, Preset
from cameras.normal import wanted_words
from cameras.selectors import camera_get, presets_of


class SettingForm(forms.Form):
    """A preset, and a number of alerts a day where this camera shall differ from it."""

    preset = forms.ModelChoiceField(queryset=Preset.objects.none(), label="Setting", empty_label=None)
    alerts_per_day = forms.FloatField(
        label="Alerts a day, on this camera only",
        required=False,
        validators=ALERTS_A_DAY,
        widget=forms.NumberInput(attrs={"min": "0.1", "max": "1000", "step": "any", "inputmode": "decimal"}),
    )

    def __init__(self, actor: Actor, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"].queryset = presets_of(actor)


@member_page
@require_POST
def camera_setting(request: HttpRequest, actor: Actor, camera_id: UUID) -> HttpResponse:
    """Give the camera a preset and, where one is typed, a number of alerts a day of its own."""
    camera = camera_get(actor, camera_id)
    actor.require("cameras.manage")
    form = SettingForm(actor, request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(problems))
        return redirect("camera", camera_id=camera_id)
    alerts = form.cleaned_data["alerts_per_day"]
    changed = services.camera_update(
        organization_id=actor.organization_id,
        camera_id=camera.id,
        actor=actor,
        at=timezone.now(),
        preset_id=form.cleaned_data["preset"].id,
        alerts_per_day=alerts,
        share=None,
    )
    messages.success(request, f"“{changed}” is set to {wanted_words(camera_wanted(changed))}.")
    return redirect("camera", camera_id=camera_id)


@member_page
@require_POST
def camera_calibrate(request: HttpRequest, actor: Actor, camera_id: UUID) -> HttpResponse:
    """Have the camera's threshold computed anew from its last days."""
    camera = camera_get(actor, camera_id)
    common = {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}
    try:
        services.calibration_ask(camera_id=camera.id, **common)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, "The last days are being looked at. The figures follow within a minute.")
    return redirect("camera", camera_id=camera_id)


@member_page
@require_POST
def camera_relearn(request: HttpRequest, actor: Actor, camera_id: UUID) -> HttpResponse:
    """Have the camera forget what is normal there, and learn it anew."""
    camera = camera_get(actor, camera_id)
    common = {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}
    try:
        services.baseline_relearn(camera_id=camera.id, **common)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, f"“{camera}” learns anew what is normal there.")
    return redirect("camera", camera_id=camera_id)
