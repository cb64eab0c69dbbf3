import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import cameras.models
from accounts.tenancy import row_level_security


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Preset",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "threshold",
                    models.FloatField(
                        help_text="0–1. An event opens when a frame's score reaches this.",
                        validators=[
                            django.core.validators.MinValueValidator(0.05),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                    ),
                ),
                (
                    "hysteresis_low_ratio",
                    models.FloatField(
                        default=0.7,
                        help_text="An event goes on while the score stays over threshold × this.",
                        validators=[
                            django.core.validators.MinValueValidator(0.05),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                    ),
                ),
                (
                    "min_frames",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Analysed frames in a row over the threshold.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "end_patience_frames",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Quiet analysed frames before an event ends.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "cooldown_seconds",
                    models.FloatField(
                        default=10.0,
                        help_text="Seconds after an event before the next may open.",
                        validators=[django.core.validators.MinValueValidator(0.0)],
                    ),
                ),
                (
                    "analysed_fps",
                    models.FloatField(
                        default=5.0,
                        validators=[
                            django.core.validators.MinValueValidator(0.2),
                            django.core.validators.MaxValueValidator(30.0),
                        ],
                        verbose_name="analysed frames a second",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("address", models.CharField(blank=True, max_length=200)),
                (
                    "time_zone",
                    models.CharField(default="UTC", max_length=60, validators=[cameras.models._known_time_zone]),
                ),
                (
                    "venue_capacity",
                    models.PositiveIntegerField(blank=True, help_text="People, if the place has a limit.", null=True),
                ),
                (
                    "event_type",
                    models.CharField(
                        blank=True, help_text="What usually happens here: concert, station …", max_length=60
                    ),
                ),
                (
                    "security_level",
                    models.CharField(
                        choices=[("low", "Low"), ("standard", "Standard"), ("high", "High")],
                        default="standard",
                        max_length=10,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Camera",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("source_encrypted", models.BinaryField()),
                (
                    "loop",
                    models.BooleanField(
                        default=False, help_text="A file starts again at its end.", verbose_name="loop a file"
                    ),
                ),
                (
                    "detector",
                    models.CharField(
                        default="builtin",
                        help_text="“builtin”, or the name of an installed ONNX model.",
                        max_length=200,
                    ),
                ),
                (
                    "masks",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Polygons in shares of the picture (0–1), blackened before anything is stored: [[[x, y], …], …]",
                        verbose_name="privacy masks",
                    ),
                ),
                ("enabled", models.BooleanField(default=True)),
                ("config_version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "preset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cameras", to="cameras.preset"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cameras", to="cameras.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SiteTeam",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="covering_teams", to="cameras.site"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="covered_sites", to="accounts.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CameraState",
            fields=[
                (
                    "camera",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="cameras.camera",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a worker"),
                            ("connecting", "Connecting"),
                            ("online", "Online"),
                            ("degraded", "Degraded"),
                            ("frozen", "Picture frozen"),
                            ("blind", "Nothing to see"),
                            ("tampered", "Tampered"),
                            ("offline", "Offline"),
                            ("disabled", "Disabled"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=300)),
                ("since", models.DateTimeField()),
                ("reported_at", models.DateTimeField()),
                ("last_frame_at", models.DateTimeField(blank=True, null=True)),
                ("analysed_fps", models.FloatField(default=0.0)),
                ("frames", models.BigIntegerField(default=0)),
                ("dropped", models.BigIntegerField(default=0)),
                ("reconnects", models.IntegerField(default=0)),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                ("score", models.FloatField(default=0.0)),
                ("warming_up", models.BooleanField(default=False)),
                ("stage_ms", models.JSONField(blank=True, default=dict)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="preset",
            constraint=models.UniqueConstraint(fields=("organization", "name"), name="preset_name_in_organization"),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(fields=("organization", "name"), name="site_name_in_organization"),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.UniqueConstraint(fields=("site", "name"), name="camera_name_at_site"),
        ),
        migrations.AddConstraint(
            model_name="siteteam",
            constraint=models.UniqueConstraint(fields=("site", "team"), name="team_covers_site_once"),
        ),
        row_level_security("cameras_site"),
        row_level_security("cameras_siteteam"),
        row_level_security("cameras_preset"),
        row_level_security("cameras_camera", installation_reads=True),
        row_level_security("cameras_camerastate", installation_reads=True),
    ]
