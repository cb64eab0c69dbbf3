"""The admin's forms: they check what the services check, so that a refusal stands beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
)

from accounts.admin_base import TenantForm
from accounts.selectors import teams_of
from cameras.checks import check_detector, check_masks, detectors_installed
from cameras.credentials import masked_token
from cameras.models import Camera, Preset, Site
from cameras.sources import check_source


class SourceInput(forms.PasswordInput):
    """An address field that never shows what it holds, with a button that tests the address."""

    template_name = "cameras/source_input.html"

    class Media:
        js = [forms.widgets.Script("admin/test-connection.js", type="module")]


class SiteForm(TenantForm):
    teams = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        label="Covering teams",
        help_text="They get the alerts of this site's cameras.",
    )

    class Meta:
        model = Site
        fields = ["name", "address", "time_zone", "venue_capacity", "event_type", "security_level"]
        error_messages = {forms.forms.NON_FIELD_ERRORS: {"unique_together": "There is a site with this name already."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = teams_of(self.actor)
        if not self.instance._state.adding:
            self.initial["teams"] = list(self.instance.covering_teams.values_list("team_id", flat=True))


class PresetForm(TenantForm):
    class Meta:
        model = Preset
        fields = [
            "name",
            "description",
            "threshold",
            "hysteresis_low_ratio",
            "min_frames",
            "end_patience_frames",
            "cooldown_seconds",
            "analysed_fps",
        ]
        error_messages = {
            forms.forms.NON_FIELD_ERRORS: {"unique_together": "There is a preset with this name already."}
        }


class CameraForm(TenantForm):
    source = forms.CharField(
        label="Address",
        required=False,
        widget=SourceInput(attrs={"class": " ".join(INPUT_CLASSES), "autocomplete": "new-password"}),
        help_text="rtsp://user:password@host/path, http(s)://, or the name of a video file. It is kept encrypted.",
    )
    detector = forms.ChoiceField(widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Camera
        fields = ["site", "name", "source", "preset", "enabled", "loop", "detector", "masks"]
        error_messages = {
            forms.forms.NON_FIELD_ERRORS: {"unique_together": "There is a camera with this name at this site already."}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.detector
        names = list(dict.fromkeys([*detectors_installed(), current]))
        self.fields["detector"].choices = [(name, "Built in" if name == "builtin" else name) for name in names]
        source = self.fields["source"]
        if self.instance._state.adding:
            source.widget.attrs["required"] = True
            self.initial.setdefault(
                "preset", Preset.objects.filter(organization_id=self.actor.organization_id, name="Balanced").first()
            )
        else:
            source.widget.attrs["data-camera"] = str(self.instance.pk)
            source.help_text = format_html(
                "Now: <code>{}</code>. Leave empty to keep it.", masked_token(self.instance.source_encrypted)
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        source = cleaned.get("source", "")
        if source or self.instance._state.adding:
            trusted = self.actor.user.is_superuser
            cleaned["source"] = self.check(check_source, source, organization=self.actor.organization, trusted=trusted)
        if cleaned.get("masks"):
            cleaned["masks"] = self.check(check_masks, cleaned["masks"])
        if cleaned.get("detector") and cleaned["detector"] != self.initial.get("detector"):
            self.check(check_detector, cleaned["detector"])
        return cleaned
