"""How events and incidents look in the API; the names are a promise to integrators."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.models import Disposition, Event, Incident, TimelineEntry
from incidents.services.incidents import COMMENT_CHARS, NOTE_CHARS
from incidents.summary import requires_immediate_action, summary_of

SEVERITY_COLORS = {1: "#6c8ea4", 2: "#e3b341", 3: "#fd7e14", 4: "#f04438", 5: "#d1145a"}


class SeveritySerializer(serializers.Serializer):
    level = serializers.IntegerField(min_value=1, max_value=5)
    label = serializers.CharField()
    color = serializers.CharField(help_text="As the console paints it, #rrggbb.")


class SummarySerializer(serializers.Serializer):
    situation_overview = serializers.CharField()
    severity_assessment = serializers.CharField()
    hazard_analysis = serializers.CharField()
    immediate_actions = serializers.ListField(
        child=serializers.CharField(), help_text="Written by the second tier; empty while there is none."
    )
    equipment_required = serializers.ListField(child=serializers.CharField(), help_text="As immediate_actions.")
    de_escalation_strategy = serializers.CharField(help_text="As immediate_actions.")
    resolution_method = serializers.CharField(help_text="As immediate_actions.")


class PlaceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Tier1Serializer(serializers.Serializer):
    pose_analysis = serializers.JSONField(allow_null=True, help_text="null: this stage did not run.")
    audio_analysis = serializers.JSONField(allow_null=True, help_text="null: this stage did not run.")
    scene_analysis = serializers.JSONField(allow_null=True, help_text="null: this stage did not run.")


class DetailsSerializer(serializers.Serializer):
    """Why the event fired."""

    reason = serializers.CharField()
    category = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    peak_score = serializers.FloatField(help_text="0–1")
    threshold = serializers.FloatField(help_text="0–1")
    parts = serializers.ListField(child=serializers.DictField(), help_text="The named reasons of the score.")
    features = serializers.DictField(child=serializers.FloatField(allow_null=True))
    detector = serializers.CharField()
    preset = serializers.CharField()


class EventSerializer(serializers.ModelSerializer):
    timestamp = serializers.DateTimeField(source="started_at")
    status = serializers.SerializerMethodField()
    severity = serializers.SerializerMethodField()
    camera = PlaceSerializer()
    details = DetailsSerializer(source="*")
    tier1_components = serializers.SerializerMethodField()
    clip_url = serializers.SerializerMethodField()
    peak_image_url = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = [
            "id",
            "incident",
            "timestamp",
            "peak_at",
            "ended_at",
            "status",
            "severity",
            "confidence",
            "camera",
            "frame_count",
            "details",
            "tier1_components",
            "clip_url",
            "clip_is_final",
            "peak_image_url",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=["active", "ended"]))
    def get_status(self, event: Event) -> str:
        return "active" if event.ended_at is None else "ended"

    @extend_schema_field(SeveritySerializer)
    def get_severity(self, event: Event) -> dict[str, Any]:
        return severity_of(event)

    @extend_schema_field(Tier1Serializer)
    def get_tier1_components(self, event: Event) -> dict[str, None]:
        return {"pose_analysis": None, "audio_analysis": None, "scene_analysis": None}

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_clip_url(self, event: Event) -> str | None:
        return reverse("event-clip", args=[event.id]) if event.clip else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_peak_image_url(self, event: Event) -> str | None:
        return reverse("event-peak", args=[event.id]) if event.peak_image else None


class IncidentSerializer(serializers.ModelSerializer):
    timestamp = serializers.DateTimeField(source="opened_at")
    severity = serializers.SerializerMethodField()
    location = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    requires_immediate_action = serializers.SerializerMethodField()
    camera = PlaceSerializer()
    site = PlaceSerializer()
    acknowledged_by = serializers.CharField(allow_null=True)
    resolved_by = serializers.CharField(allow_null=True)
    events = EventSerializer(many=True)

    class Meta:
        model = Incident
        fields = [
            "id",
            "number",
            "timestamp",
            "category",
            "severity",
            "confidence",
            "location",
            "summary",
            "requires_immediate_action",
            "status",
            "disposition",
            "resolution_note",
            "camera",
            "site",
            "last_event_at",
            "event_count",
            "acknowledged_by",
            "acknowledged_at",
            "resolved_by",
            "resolved_at",
            "version",
            "events",
        ]

    @extend_schema_field(SeveritySerializer)
    def get_severity(self, incident: Incident) -> dict[str, Any]:
        return severity_of(incident)

    @extend_schema_field(serializers.CharField())
    def get_location(self, incident: Incident) -> str:
        return ", ".join(filter(None, (incident.camera.name, incident.site.name, incident.site.address)))

    @extend_schema_field(SummarySerializer)
    def get_summary(self, incident: Incident) -> dict[str, Any]:
        return {**summary_of(incident, incident.events.all())}

    @extend_schema_field(serializers.BooleanField())
    def get_requires_immediate_action(self, incident: Incident) -> bool:
        return requires_immediate_action(incident)


class TimelineSerializer(serializers.ModelSerializer):
    actor = serializers.CharField(allow_null=True, help_text="null: Vedette itself.")

    class Meta:
        model = TimelineEntry
        fields = ["at", "actor", "kind", "text"]


class RoutingSerializer(serializers.Serializer):
    team = serializers.CharField(help_text="Empty: the people themselves.")
    why = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField())
    alerted = serializers.BooleanField()


class IncidentDetailSerializer(IncidentSerializer):
    timeline = TimelineSerializer(many=True)
    routing = RoutingSerializer(many=True)

    class Meta(IncidentSerializer.Meta):
        fields = [*IncidentSerializer.Meta.fields, "routing", "timeline"]


class VersionSerializer(serializers.Serializer):
    expected_version = serializers.IntegerField(
        required=False, min_value=1, help_text="Refuse with 409 when the incident has moved on from this version."
    )


class ResolveSerializer(VersionSerializer):
    disposition = serializers.ChoiceField(choices=Disposition.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_CHARS)


class CommentSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=COMMENT_CHARS)


class CameraCountSerializer(PlaceSerializer):
    count = serializers.IntegerField()


class EventStatsSerializer(serializers.Serializer):
    timeframe = serializers.CharField()
    total = serializers.IntegerField()
    ongoing = serializers.IntegerField()
    mean_score = serializers.FloatField(allow_null=True)
    max_score = serializers.FloatField(allow_null=True)
    by_category = serializers.DictField(child=serializers.IntegerField())
    by_severity = serializers.DictField(child=serializers.IntegerField(), help_text="Keys are levels, 1–5.")
    by_camera = CameraCountSerializer(many=True)


def severity_of(thing: Event | Incident) -> dict[str, Any]:
    return {
        "level": thing.severity,
        "label": thing.get_severity_display(),
        "color": SEVERITY_COLORS[thing.severity],
    }
