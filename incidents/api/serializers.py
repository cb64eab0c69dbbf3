"""How events and incidents look in the API; the names are a promise to integrators."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from detection.senses import SENSES
from incidents.models import Disposition, Event, Incident, TimelineEntry
from incidents.search import Alike
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


class SenseAnalysisSerializer(serializers.Serializer):
    """What one sense said at the event's peak."""

    score = serializers.FloatField(help_text="0–1; from 0.75 on it would alarm by itself.")
    kind = serializers.CharField(help_text="What it is, for example “fall” or “scream”; empty for nothing unusual.")
    category = serializers.CharField(allow_null=True)
    confidence = serializers.FloatField(help_text="0–1")
    reason = serializers.CharField()
    parts = serializers.ListField(child=serializers.DictField(), help_text="The named reasons, with their limits.")
    details = serializers.DictField(help_text="As the sense tells them: levels, kinds of sound, transcript, people.")


class FusionSerializer(serializers.Serializer):
    """How the senses and learned normality were brought together."""

    score = serializers.FloatField(help_text="0–1, as compared with the threshold.")
    normality = serializers.FloatField(help_text="0–1: what the camera's own scorer said.")
    agreement = serializers.IntegerField(help_text="Independent sources that found the frame unusual.")
    alone = serializers.CharField(help_text="What alarmed by itself; empty when nothing did.")
    shares = serializers.DictField(child=serializers.FloatField(), help_text="Each source's share, adding up to 1.")


class Tier1Serializer(serializers.Serializer):
    pose_analysis = SenseAnalysisSerializer(allow_null=True, help_text="null: this sense did not work.")
    audio_analysis = SenseAnalysisSerializer(allow_null=True, help_text="null: this sense did not work.")
    scene_analysis = SenseAnalysisSerializer(allow_null=True, help_text="null: this sense did not work.")
    fusion = FusionSerializer(allow_null=True, help_text="null: an event from before senses were fused.")


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
    def get_tier1_components(self, event: Event) -> dict[str, Any]:
        said = event.tier1_components
        return {**{f"{sense}_analysis": _analysis(said.get(sense)) for sense in SENSES}, "fusion": said.get("fusion")}

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_clip_url(self, event: Event) -> str | None:
        return reverse("event-clip", args=[event.id]) if event.clip else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_peak_image_url(self, event: Event) -> str | None:
        return reverse("event-peak", args=[event.id]) if event.peak_image else None


class FoundEventSerializer(EventSerializer):
    """An event that a search found, and how alike it is."""

    similarity = serializers.FloatField(
        min_value=0.0,
        max_value=1.0,
        help_text="The cosine. Pictures that look alike lie near 1; words and pictures never come so close.",
    )

    class Meta(EventSerializer.Meta):
        fields = [*EventSerializer.Meta.fields, "similarity"]

    def to_representation(self, found: Alike) -> Any:
        event = found.event
        event.similarity = min(1.0, max(0.0, found.similarity))  # type: ignore[attr-defined]
        return super().to_representation(event)


class FoundEventsSerializer(serializers.Serializer):
    results = FoundEventSerializer(many=True, help_text="The most alike first.")


def _analysis(said: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in said.items() if name != "sense"} if said else None


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
