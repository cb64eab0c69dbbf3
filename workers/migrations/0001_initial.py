import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_level_security


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("cameras", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerNode",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True)),
                ("host", models.CharField(max_length=120)),
                ("device", models.CharField(default="cpu", max_length=40)),
                ("slots", models.PositiveIntegerField()),
                ("version", models.CharField(max_length=20)),
                ("started_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField(db_index=True)),
                ("draining", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="CameraLease",
            fields=[
                (
                    "camera",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lease",
                        serialize=False,
                        to="cameras.camera",
                    ),
                ),
                ("epoch", models.PositiveBigIntegerField(default=0)),
                ("expires_at", models.DateTimeField(db_index=True, null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("config_version", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("sent", "Sent to the node"), ("running", "Running")], default="sent", max_length=10
                    ),
                ),
                ("last_frame_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("restarts", models.PositiveIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="leases",
                        to="workers.workernode",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        row_level_security("workers_cameralease", installation_writes=True),
    ]
