"""The admin pages of sites, cameras and presets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_post_parameters
from unfold.decorators import display

from accounts.actors import Actor
from accounts.admin_base import TenantAdmin, actor_of
from cameras import services
from cameras.admin_probe import test_connection, test_connection_answer
from cameras.calibration import preset_wanted
from cameras.forms import CameraForm, PresetForm, SiteForm
from cameras.models import Camera, CameraStatus, Preset, Site
from cameras.normal import normality_of, rate_of, wanted_words
from cameras.selectors import camera_get, cameras_of, presets_of, sites_of
from cameras.services.cameras import SENSES

STATE_COLOURS = {
    CameraStatus.ONLINE.label: "success",
    CameraStatus.DEGRADED.label: "warning",
    CameraStatus.FROZEN.label: "warning",
    CameraStatus.BLIND.label: "warning",
    CameraStatus.TAMPERED.label: "danger",
    CameraStatus.OFFLINE.label: "danger",
    CameraStatus.CONNECTING.label: "info",
}


def age_words(age: dt.timedelta) -> str:
    """Return an age in its largest unit: “12 s”, “4 min”, “3 h”, “2 d”."""
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


@admin.register(Site)
class SiteAdmin(TenantAdmin):
    form = SiteForm
    purpose = "A site is a place with cameras, and says which teams answer for it."
    list_display = ["name", "address", "time_zone", "teams", "cameras"]
    search_fields = ["name", "address"]
    ordering = ["name", "id"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*SiteForm.Meta.fields, "teams"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Site]:
        return sites_of(actor_of(request))

    @display(description="Covering teams")
    def teams(self, site: Site) -> str:
        return ", ".join(covering.team.name for covering in site.covering_teams.all()) or "none"

    @display(description="Cameras")
    def cameras(self, site: Site) -> int:
        return site.camera_count  # type: ignore[attr-defined,no-any-return]

    def write(self, actor: Actor, form: Any, row_id: UUID | None) -> Site:
        fields = {name: form.cleaned_data[name] for name in SiteForm.Meta.fields}
        fields["team_ids"] = [team.id for team in form.cleaned_data["teams"]]
        common = {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}
        if row_id is None:
            return services.site_create(**common, **fields)
        return services.site_update(site_id=row_id, **common, **fields)

    def remove(self, actor: Actor, row_id: UUID) -> None:
        services.site_delete(organization_id=actor.organization_id, site_id=row_id, actor=actor, at=timezone.now())


@admin.register(Preset)
class PresetAdmin(TenantAdmin):
    form = PresetForm
    list_display = ["name", "description", "asks_for", "cameras"]
    search_fields = ["name"]
    conditional_fields = {"alerts_per_day": "basis == 'alerts'", "share": "basis == 'share'"}
    ordering = ["-threshold", "name", "id"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Preset]:
        return presets_of(actor_of(request))

    @display(description="Asks for")
    def asks_for(self, preset: Preset) -> str:
        return wanted_words(preset_wanted(preset))

    @display(description="Cameras")
    def cameras(self, preset: Preset) -> int:
        return preset.camera_count  # type: ignore[attr-defined,no-any-return]

    def write(self, actor: Actor, form: Any, row_id: UUID | None) -> Preset:
        fields = {name: form.cleaned_data[name] for name in PresetForm.Meta.fields}
        common = {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}
        if row_id is None:
            return services.preset_create(**common, **fields)
        return services.preset_update(preset_id=row_id, **common, **fields)

    def remove(self, actor: Actor, row_id: UUID) -> None:
        services.preset_delete(organization_id=actor.organization_id, preset_id=row_id, actor=actor, at=timezone.now())


@admin.register(Camera)
class CameraAdmin(TenantAdmin):
    form = CameraForm
    purpose = "A camera is an address that is watched from the moment it is saved."
    readonly_fields = ["now"]
    list_display = ["name", "site", "preset", "state_now", "knows", "alerts_a_day", "last_picture", "switch"]
    list_filter = [
        ("site", admin.RelatedOnlyFieldListFilter),
        ("preset", admin.RelatedOnlyFieldListFilter),
        "enabled",
    ]
    search_fields = ["name", "site__name"]
    ordering = ["site__name", "name", "id"]
    actions = ["enable", "disable"]

    class Media:
        css = {"all": ["admin/cameras.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["now", *CameraForm.Meta.fields] if obj else CameraForm.Meta.fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Camera]:
        return cameras_of(actor_of(request))

    @method_decorator(sensitive_post_parameters("source"))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Error reports repeat what was posted, the address with its password too, unless told not to.
        return super().changeform_view(request, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("test-connection/", view(test_connection), name="cameras_camera_test"),
            path("test-connection/<uuid:request_id>/", view(test_connection_answer), name="cameras_camera_test_answer"),
            path("<uuid:camera_id>/enable/", view(self.switch_on), name="cameras_camera_enable"),
            path("<uuid:camera_id>/disable/", view(self.switch_off), name="cameras_camera_disable"),
            *super().get_urls(),
        ]

    @display(description="State", label=STATE_COLOURS)
    def state_now(self, camera: Camera) -> str:
        if not camera.enabled:
            return CameraStatus.DISABLED.label
        state = getattr(camera, "state", None)
        return str(CameraStatus(state.status).label if state else CameraStatus.WAITING.label)

    @display(description="Normality")
    def knows(self, camera: Camera) -> str:
        normality = normality_of(camera)
        return f"{normality.phase_words}, {normality.left}" if normality.left else normality.phase_words

    @display(description="Alerts a day")
    def alerts_a_day(self, camera: Camera) -> str:
        return rate_of(camera) or "not known yet"

    @display(description="Last picture")
    def last_picture(self, camera: Camera) -> str:
        state = getattr(camera, "state", None)
        if state is None or state.last_frame_at is None:
            return "none yet"
        return f"{age_words(timezone.now() - state.last_frame_at)} ago"

    @display(description="Now")
    def now(self, camera: Camera) -> str:
        state = getattr(camera, "state", None)
        # A camera that is well needs no words: its message only names the address that is read.
        said = state.message if state and camera.enabled and state.status != CameraStatus.ONLINE else ""
        reason = f" {said}" if said else ""
        return f"{self.state_now(camera)}. Last picture: {self.last_picture(camera)}.{reason}"

    @display(description="Watching")
    def switch(self, camera: Camera) -> str:
        # A button of the list's own form: a POST with its CSRF token, without JavaScript.
        verb, word = ("disable", "Disable") if camera.enabled else ("enable", "Enable")
        return format_html(
            '<button type="submit" class="camera-switch" formaction="{}" aria-label="{} {}">{}</button>',
            reverse(f"admin:cameras_camera_{verb}", args=[camera.pk]),
            word,
            camera.name,
            word,
        )

    @admin.action(description="Enable: watch the selected cameras")
    def enable(self, request: HttpRequest, queryset: models.QuerySet[Camera]) -> None:
        self._switch(request, queryset, True)

    @admin.action(description="Disable: stop watching the selected cameras")
    def disable(self, request: HttpRequest, queryset: models.QuerySet[Camera]) -> None:
        self._switch(request, queryset, False)

    def switch_on(self, request: HttpRequest, camera_id: UUID) -> HttpResponse:
        return self._switch_one(request, camera_id, True)

    def switch_off(self, request: HttpRequest, camera_id: UUID) -> HttpResponse:
        return self._switch_one(request, camera_id, False)

    def _switch_one(self, request: HttpRequest, camera_id: UUID, enabled: bool) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        camera = camera_get(actor_of(request), camera_id)
        self._switch(request, [camera], enabled)
        return redirect("admin:cameras_camera_changelist")

    def _switch(self, request: HttpRequest, cameras: Iterable[Camera], enabled: bool) -> None:
        actor = actor_of(request)
        service = services.camera_enable if enabled else services.camera_disable
        names = [
            service(organization_id=actor.organization_id, camera_id=camera.pk, actor=actor, at=timezone.now()).name
            for camera in cameras
        ]
        what = "watched from now on" if enabled else "no longer watched"
        messages.success(request, f"{', '.join(names)}: {what}.")

    def write(self, actor: Actor, form: Any, row_id: UUID | None) -> Camera:
        cleaned = form.cleaned_data
        plain = ("name", "enabled", "loop", "detector", "scorer", "analysed_fps", "alerts_per_day", *SENSES)
        fields = {name: cleaned[name] for name in plain}
        fields |= {"site_id": cleaned["site"].id, "preset_id": cleaned["preset"].id, "masks": cleaned["masks"] or []}
        if cleaned["source"]:
            fields["source"] = cleaned["source"]
        common = {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}
        if row_id is None:
            return services.camera_create(**common, **fields)
        return services.camera_update(camera_id=row_id, **common, **fields)

    def remove(self, actor: Actor, row_id: UUID) -> None:
        services.camera_delete(organization_id=actor.organization_id, camera_id=row_id, actor=actor, at=timezone.now())
