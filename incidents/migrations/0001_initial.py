import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.tenancy import row_level_security


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("cameras", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganizationCounter",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organization",
                    ),
                ),
                ("outbox_sequence", models.PositiveBigIntegerField(default=0)),
                ("incident_number", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(editable=False)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("crowd control", "Crowd control"),
                            ("security threat", "Security threat"),
                            ("medical emergency", "Medical emergency"),
                            ("fire hazard", "Fire hazard"),
                            ("structural damage", "Structural damage"),
                            ("weather emergency", "Weather emergency"),
                            ("vehicle incident", "Vehicle incident"),
                            ("equipment failure", "Equipment failure"),
                            ("unauthorized access", "Unauthorized access"),
                            ("violence/aggression", "Violence or aggression"),
                            ("stampede risk", "Stampede risk"),
                            ("evacuation needed", "Evacuation needed"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "LOW"), (2, "MEDIUM"), (3, "HIGH"), (4, "CRITICAL"), (5, "EMERGENCY")]
                    ),
                ),
                ("confidence", models.FloatField(default=0.0)),
                ("reason", models.CharField(max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("acknowledged", "Acknowledged"), ("resolved", "Resolved")],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "disposition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("true alarm", "True alarm"),
                            ("false alarm", "False alarm"),
                            ("expected", "Expected"),
                            ("test", "Test"),
                        ],
                        max_length=12,
                    ),
                ),
                ("resolution_note", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                ("last_event_at", models.DateTimeField()),
                ("event_count", models.PositiveIntegerField(default=1)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("routing", models.JSONField(blank=True, default=list)),
                ("dedup_key", models.CharField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "camera",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="cameras.camera"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="cameras.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("epoch", models.PositiveBigIntegerField()),
                ("started_at", models.DateTimeField()),
                ("peak_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("peak_score", models.FloatField()),
                ("threshold", models.FloatField()),
                ("confidence", models.FloatField(default=0.0)),
                ("frame_count", models.PositiveIntegerField(default=1)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("crowd control", "Crowd control"),
                            ("security threat", "Security threat"),
                            ("medical emergency", "Medical emergency"),
                            ("fire hazard", "Fire hazard"),
                            ("structural damage", "Structural damage"),
                            ("weather emergency", "Weather emergency"),
                            ("vehicle incident", "Vehicle incident"),
                            ("equipment failure", "Equipment failure"),
                            ("unauthorized access", "Unauthorized access"),
                            ("violence/aggression", "Violence or aggression"),
                            ("stampede risk", "Stampede risk"),
                            ("evacuation needed", "Evacuation needed"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "LOW"), (2, "MEDIUM"), (3, "HIGH"), (4, "CRITICAL"), (5, "EMERGENCY")]
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("parts", models.JSONField(blank=True, default=list)),
                ("features", models.JSONField(blank=True, default=dict)),
                ("scores", models.JSONField(blank=True, default=list)),
                ("detector", models.CharField(blank=True, max_length=80)),
                ("preset", models.CharField(blank=True, max_length=60)),
                ("peak_image", models.CharField(blank=True, max_length=200)),
                ("clip", models.CharField(blank=True, max_length=200)),
                ("clip_started_at", models.DateTimeField(blank=True, null=True)),
                ("clip_is_final", models.BooleanField(default=False)),
                (
                    "camera",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="cameras.camera"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="incidents.incident"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutboxEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("payload", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.incident",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cameras.site"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "outbox entries",
            },
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=30)),
                ("text", models.CharField(max_length=2000)),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="timeline", to="incidents.incident"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "timeline entries",
            },
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["organization", "status", "-opened_at"], name="incident_queue"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                fields=("organization", "number"), name="incident_number_in_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dedup_key", ""), _negated=True),
                fields=("organization", "dedup_key"),
                name="open_incident_per_dedup_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "resolved"), ("disposition", ""), _connector="XOR"),
                name="resolved_incident_has_disposition",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "open"), ("acknowledged_at__isnull", False), _connector="XOR"),
                name="open_incident_is_unacknowledged",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["organization", "-started_at"], name="event_recent"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["camera", "-started_at"], name="event_of_camera"),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["created_at"], name="outbox_unsent"
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxentry",
            constraint=models.UniqueConstraint(
                fields=("organization", "sequence"), name="outbox_sequence_in_organization"
            ),
        ),
        migrations.AddIndex(
            model_name="timelineentry",
            index=models.Index(fields=["incident", "at"], name="timeline_of_incident"),
        ),
        row_level_security("incidents_organizationcounter"),
        row_level_security("incidents_incident"),
        row_level_security("incidents_event"),
        row_level_security("incidents_timelineentry"),
        row_level_security("incidents_outboxentry", installation_writes=True),
    ]
