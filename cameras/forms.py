"""The admin's forms: they check what the services check, so that a refusal stands beside its field."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from unfold.widgets import (
    INPUT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
)

from accounts.admin_base import TenantForm
from accounts.selectors import teams_of
from cameras.checks import check_detector, check_masks, check_scorer, detectors_installed, scorers_installed
from cameras.credentials import masked_token
from cameras.models import Camera, Preset, Site
from cameras.sources import check_source

MASK_EXAMPLE = "[[[0, 0], [0.5, 0], [0.5, 0.2], [0, 0.2]]]"
"""The left half of the upper fifth of a picture."""

SCORER_WORDS = {"baseline": "What is normal here, learned from its own pictures", "robust": "The last minutes alone"}


class SourceInput(forms.PasswordInput):
    """An address field that never shows what it holds, with a button that tests the address."""

    template_name = "cameras/source_input.html"

    class Media:
        js = [forms.widgets.Script("admin/test-connection.js", type="module")]


class MaskInput(forms.Textarea):
    """The corners of privacy masks as text, with a picture to draw them on."""

    template_name = "cameras/mask_input.html"

    class Media:
        js = [forms.widgets.Script("admin/masks.js", type="module")]


class MaskField(forms.JSONField):
    """Privacy masks as typed; nothing typed is no mask."""

    empty_values = (*forms.JSONField.empty_values, "[]")
    default_error_messages = {
        "invalid": f"This cannot be read as masks; a bracket or a comma may be missing. An example: {MASK_EXAMPLE}"
    }

    def prepare_value(self, value: Any) -> Any:
        return "" if value in (None, [], "[]") else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value) or []


def sole(rows: models.QuerySet[Site]) -> Site | None:
    """Return the only row there is: nobody needs to be asked which."""
    first = list(rows[:2])
    return first[0] if len(first) == 1 else None


def _shown(address: str) -> str:
    """Return an address as a page shows it: of a file its name, as where the server keeps it is the server's affair."""
    return address if "://" in address else PurePath(address).name


class SiteForm(TenantForm):
    teams = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        label="Covering teams",
        help_text="They get the alerts of this site's cameras. Without one, owners and managers do.",
    )

    class Meta:
        model = Site
        fields = ["name", "address", "time_zone", "venue_capacity", "event_type", "security_level"]
        help_texts = {
            "name": "As people on the radio call it: North, Gate area.",
            "address": "Shown in an emergency, to send help to.",
            "time_zone": "Times of this site are shown on its own clocks, such as Europe/Berlin.",
        }
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
            "basis",
            "alerts_per_day",
            "share",
            "threshold",
            "hysteresis_low_ratio",
            "min_frames",
            "lone_frames",
            "sense_threshold",
            "smoothing_s",
            "end_patience_frames",
            "cooldown_seconds",
            "analysed_fps",
        ]
        labels = {
            "basis": "How often it alerts is set by",
            "alerts_per_day": "Alerts a day",
            "share": "Share of the footage",
            "hysteresis_low_ratio": "Goes on above",
            "min_frames": "Frames to open an event",
            "lone_frames": "Frames, if only one reason speaks",
            "sense_threshold": "A sense alone alarms at",
            "smoothing_s": "Smoothing, in seconds",
            "end_patience_frames": "Quiet frames to end it",
            "cooldown_seconds": "Pause after it, in seconds",
        }
        help_texts = {
            "basis": "A number of alerts a day is reached by each camera's own threshold, from its last 7 days. A "
            "share of the footage is a quota: it marks as much on a quiet day as on a bad one. A fixed threshold is "
            "the same on every camera.",
            "alerts_per_day": "On each camera of this preset, on average.",
            "share": "From 0.001 to 0.5; 0.05 is 5 %, or 72 minutes of a day.",
            "threshold": "0–1. With a number of alerts or a share it holds only until a camera has about 6 hours of "
            "scores of its own.",
        }
        error_messages = {
            forms.forms.NON_FIELD_ERRORS: {"unique_together": "There is a preset with this name already."}
        }


class CameraForm(TenantForm):
    source = forms.CharField(
        label="Address",
        required=False,
        widget=SourceInput(attrs={"class": " ".join(INPUT_CLASSES), "autocomplete": "new-password"}),
        help_text="Such as rtsp://user:password@10.0.0.8/stream1, or the name of a video file. It is kept encrypted.",
    )
    detector = forms.ChoiceField(
        widget=UnfoldAdminSelectWidget,
        help_text="What finds people and objects in the picture. The built-in one needs no model file.",
    )
    scorer = forms.ChoiceField(
        label="Judged by",
        widget=UnfoldAdminSelectWidget,
        help_text="What decides how unusual a moment is. What is learned here knows the place and its hours; the last "
        "minutes alone need no learning; the others are models that were trained on the server.",
    )
    masks = MaskField(
        label="Privacy masks",
        required=False,
        widget=MaskInput(attrs={"class": " ".join(TEXTAREA_CLASSES), "rows": 3, "placeholder": MASK_EXAMPLE}),
        help_text="Parts of the picture that are blackened before anything is looked at or stored. Each corner is a "
        "pair [x, y], from [0, 0] at the top left to [1, 1] at the bottom right.",
    )

    class Meta:
        model = Camera
        fields = [
            "site",
            "name",
            "source",
            "preset",
            "alerts_per_day",
            "enabled",
            "loop",
            "detector",
            "scorer",
            "analysed_fps",
            "pose",
            "audio",
            "scene",
            "masks",
        ]
        labels = {
            "enabled": "Watching",
            "loop": "Repeat a video file",
            "alerts_per_day": "Alerts a day, on this camera only",
            "analysed_fps": "Analysed frames a second",
            "pose": "Posture",
            "audio": "Sound",
            "scene": "Scene",
        }
        help_texts = {
            "name": "As people call the place it looks at: Gate 3, Loading dock.",
            "preset": "How readily this camera raises an alarm.",
            "alerts_per_day": "Leave empty to do as the preset says.",
            "analysed_fps": "Leave empty to do as the preset says. More sees quicker movement and costs more.",
            "enabled": "Off: the camera stays here with its incidents, and nothing looks at it.",
            "loop": "Only for a file: it starts again at its end.",
        }
        error_messages = {
            forms.forms.NON_FIELD_ERRORS: {"unique_together": "There is a camera with this name at this site already."}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.detector
        names = list(dict.fromkeys([*detectors_installed(), current]))
        self.fields["detector"].choices = [(name, "Built in" if name == "builtin" else name) for name in names]
        scorers = dict.fromkeys([*scorers_installed(), self.instance.scorer])
        self.fields["scorer"].choices = [(name, SCORER_WORDS.get(name, f"Trained model {name}")) for name in scorers]
        source = self.fields["source"]
        if self.instance._state.adding:
            source.widget.attrs["required"] = True
            if only := sole(self.fields["site"].queryset):
                self.initial.setdefault("site", only)
            self.initial.setdefault(
                "preset", Preset.objects.filter(organization_id=self.actor.organization_id, name="Default").first()
            )
        else:
            source.widget.attrs["data-camera"] = str(self.instance.pk)
            self.fields["masks"].widget.attrs["data-picture"] = reverse("camera-snapshot", args=[self.instance.pk])
            source.help_text = format_html(
                "Now: <code>{}</code>. Leave empty to keep it.", _shown(masked_token(self.instance.source_encrypted))
            )

    def full_clean(self) -> None:
        super().full_clean()
        if self.errors and self.data.get("source"):
            self["source"].help_text = "Type the address once more: with its password it is never shown again."

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
        if cleaned.get("scorer") and cleaned["scorer"] != self.initial.get("scorer"):
            self.check(check_scorer, cleaned["scorer"])
        return cleaned
