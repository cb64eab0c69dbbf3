"""What happened: events, the incidents people work on, their timelines, and the outbox that tells consoles."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pgvector.django import HnswIndex, VectorField

from accounts.models import Organization, TenantModel, User
from cameras.models import Camera, Site

EMBEDDING_SIZE = 512
"""Numbers in a direction of CLIP ViT-B/32."""


class Category(models.TextChoices):
    CROWD_CONTROL = "crowd control", "Crowd control"
    SECURITY_THREAT = "security threat", "Security threat"
    MEDICAL_EMERGENCY = "medical emergency", "Medical emergency"
    FIRE_HAZARD = "fire hazard", "Fire hazard"
    STRUCTURAL_DAMAGE = "structural damage", "Structural damage"
    WEATHER_EMERGENCY = "weather emergency", "Weather emergency"
    VEHICLE_INCIDENT = "vehicle incident", "Vehicle incident"
    EQUIPMENT_FAILURE = "equipment failure", "Equipment failure"
    UNAUTHORIZED_ACCESS = "unauthorized access", "Unauthorized access"
    VIOLENCE = "violence/aggression", "Violence or aggression"
    STAMPEDE_RISK = "stampede risk", "Stampede risk"
    EVACUATION_NEEDED = "evacuation needed", "Evacuation needed"


class Severity(models.IntegerChoices):
    LOW = 1, "LOW"
    MEDIUM = 2, "MEDIUM"
    HIGH = 3, "HIGH"
    CRITICAL = 4, "CRITICAL"
    EMERGENCY = 5, "EMERGENCY"


class Status(models.TextChoices):
    OPEN = "open", "Open"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    RESOLVED = "resolved", "Resolved"


class Disposition(models.TextChoices):
    TRUE_ALARM = "true alarm", "True alarm"
    FALSE_ALARM = "false alarm", "False alarm"
    EXPECTED = "expected", "Expected"
    TEST = "test", "Test"


class Incident(TenantModel):
    """What people work on: one or more events of one camera that belong together.

    dedup_key is set while further events may join; it is emptied when the window closes or the incident is resolved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="incidents")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="incidents")
    category = models.CharField(max_length=40, choices=Category)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    confidence = models.FloatField(default=0.0)
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    disposition = models.CharField(max_length=12, choices=Disposition, blank=True)
    resolution_note = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    event_count = models.PositiveIntegerField(default=1)
    acknowledged_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    routing = models.JSONField(default=list, blank=True)
    dedup_key = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="incident_number_in_organization"),
            models.UniqueConstraint(
                fields=["organization", "dedup_key"], condition=~Q(dedup_key=""), name="open_incident_per_dedup_key"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RESOLVED) ^ Q(disposition=""), name="resolved_incident_has_disposition"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.OPEN) ^ Q(acknowledged_at__isnull=False),
                name="open_incident_is_unacknowledged",
            ),
        ]
        indexes = [models.Index(fields=["organization", "status", "-opened_at"], name="incident_queue")]

    def __str__(self) -> str:
        return f"#{self.number} {self.reason}"


class Event(TenantModel):
    """A span of one camera's time whose score stayed over its threshold. The pipeline chooses the id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="events")
    epoch = models.PositiveBigIntegerField()
    started_at = models.DateTimeField()
    peak_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    peak_score = models.FloatField()
    threshold = models.FloatField()
    confidence = models.FloatField(default=0.0)
    frame_count = models.PositiveIntegerField(default=1)
    category = models.CharField(max_length=40, choices=Category)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    reason = models.CharField(max_length=300)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    parts = models.JSONField(default=list, blank=True)
    features = models.JSONField(default=dict, blank=True)
    tier1_components = models.JSONField(default=dict, blank=True)
    """What each sense said at the peak, by "pose", "audio" and "scene", and how it was fused, by "fusion"."""
    scores = models.JSONField(default=list, blank=True)
    """The score lane: [seconds from started_at, score] pairs, at most a few hundred."""
    detector = models.CharField(max_length=80, blank=True)
    preset = models.CharField(max_length=60, blank=True)
    peak_image = models.CharField(max_length=200, blank=True)
    clip = models.CharField(max_length=200, blank=True)
    clip_started_at = models.DateTimeField(null=True, blank=True)
    clip_is_final = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-started_at"], name="event_recent"),
            models.Index(fields=["camera", "-started_at"], name="event_of_camera"),
        ]

    def __str__(self) -> str:
        return self.reason


class EventEmbedding(TenantModel):
    """What an event's picture shows, as a direction: those of the same model that point alike look alike."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="embedding")
    model = models.CharField(max_length=40)
    """The version of the weights; directions of two versions cannot be compared."""
    vector = VectorField(dimensions=EMBEDDING_SIZE)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            HnswIndex(
                name="event_embedding_nearest",
                fields=["vector"],
                opclasses=["vector_cosine_ops"],
                m=16,
                ef_construction=64,
            ),
            models.Index(fields=["organization", "model"], name="event_embedding_of_model"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} by {self.model}"


class TimelineEntry(TenantModel):
    """One thing that happened to an incident, by a person or by Vedette."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=30)
    text = models.CharField(max_length=2000)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["incident", "at"], name="timeline_of_incident")]
        verbose_name_plural = "timeline entries"

    def __str__(self) -> str:
        return self.text


class OrganizationCounter(models.Model):
    """The last numbers given out in an organization. Locked by the transaction that takes one, so there are no gaps."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, primary_key=True, related_name="+")
    outbox_sequence = models.PositiveBigIntegerField(default=0)
    incident_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.outbox_sequence}"


class OutboxEntry(TenantModel):
    """One change that consoles must hear of, written in the transaction of the change itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=40)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, null=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="outbox_sequence_in_organization")
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(sent_at__isnull=True), name="outbox_unsent"),
        ]
        verbose_name_plural = "outbox entries"

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"
