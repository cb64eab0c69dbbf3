import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_level_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cameras", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CameraBaseline",
            fields=[
                (
                    "camera",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="baseline",
                        serialize=False,
                        to="cameras.camera",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("warming up", "Warming up"),
                            ("active", "Active"),
                            ("drifting", "Drifting"),
                            ("relearning", "Learning anew"),
                        ],
                        default="warming up",
                        max_length=12,
                    ),
                ),
                ("progress", models.FloatField(default=0.0)),
                ("left_s", models.FloatField(blank=True, null=True)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("since", models.DateTimeField()),
                ("learned_s", models.FloatField(default=0.0)),
                ("objects_learned", models.BigIntegerField(default=0)),
                ("version", models.CharField(blank=True, max_length=80)),
                ("state_file", models.CharField(blank=True, max_length=200)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
                ("relearn_wanted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CameraCalibration",
            fields=[
                (
                    "camera",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="calibration",
                        serialize=False,
                        to="cameras.camera",
                    ),
                ),
                ("wanted", models.JSONField(default=dict)),
                ("threshold", models.FloatField(blank=True, null=True)),
                ("alerts_per_day", models.FloatField(blank=True, null=True)),
                ("held_out_alerts_per_day", models.FloatField(blank=True, null=True)),
                ("share_over", models.FloatField(blank=True, null=True)),
                ("hours", models.FloatField(default=0.0)),
                ("from_at", models.DateTimeField(blank=True, null=True)),
                ("to_at", models.DateTimeField(blank=True, null=True)),
                ("enough", models.BooleanField(default=False)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("table", models.JSONField(default=list)),
                ("presets", models.JSONField(default=dict)),
                ("computed_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CameraScores",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("packed", models.BinaryField()),
                ("highest", models.FloatField()),
            ],
        ),
        migrations.AddField(
            model_name="camera",
            name="alerts_per_day",
            field=models.FloatField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        0.1, "Alerts a day lie between 0.1 (one in ten days) and 1000."
                    ),
                    django.core.validators.MaxValueValidator(
                        1000.0, "Alerts a day lie between 0.1 (one in ten days) and 1000."
                    ),
                ],
                verbose_name="alerts a day",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="analysed_fps",
            field=models.FloatField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0.2),
                    django.core.validators.MaxValueValidator(30.0),
                ],
                verbose_name="analysed frames a second",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="scorer",
            field=models.CharField(
                default="baseline",
                help_text="“baseline”, “robust”, or the name of a trained model's folder.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="share",
            field=models.FloatField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        0.001, "A share of the footage lies between 0.001 (a thousandth) and 0.5 (half)."
                    ),
                    django.core.validators.MaxValueValidator(
                        0.5, "A share of the footage lies between 0.001 (a thousandth) and 0.5 (half)."
                    ),
                ],
            ),
        ),
        migrations.AddField(
            model_name="preset",
            name="alerts_per_day",
            field=models.FloatField(
                blank=True,
                help_text="On each camera, on average.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        0.1, "Alerts a day lie between 0.1 (one in ten days) and 1000."
                    ),
                    django.core.validators.MaxValueValidator(
                        1000.0, "Alerts a day lie between 0.1 (one in ten days) and 1000."
                    ),
                ],
                verbose_name="alerts a day",
            ),
        ),
        migrations.AddField(
            model_name="preset",
            name="basis",
            field=models.CharField(
                choices=[
                    ("alerts", "A number of alerts a day"),
                    ("share", "A share of the footage"),
                    ("threshold", "A fixed threshold"),
                ],
                default="threshold",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="preset",
            name="lone_frames",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Frames in a row where only one sense finds the scene unusual. Empty: as many as with several.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AddField(
            model_name="preset",
            name="share",
            field=models.FloatField(
                blank=True,
                help_text="0.001–0.5: this share of the camera's footage counts.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        0.001, "A share of the footage lies between 0.001 (a thousandth) and 0.5 (half)."
                    ),
                    django.core.validators.MaxValueValidator(
                        0.5, "A share of the footage lies between 0.001 (a thousandth) and 0.5 (half)."
                    ),
                ],
            ),
        ),
        migrations.AddField(
            model_name="preset",
            name="smoothing_s",
            field=models.FloatField(
                default=0.0,
                help_text="The score is the mean of so many seconds. 0: each frame for itself.",
                validators=[
                    django.core.validators.MinValueValidator(0.0),
                    django.core.validators.MaxValueValidator(60.0),
                ],
                verbose_name="smoothing in seconds",
            ),
        ),
        migrations.AlterField(
            model_name="preset",
            name="threshold",
            field=models.FloatField(
                default=0.75,
                help_text="0–1. An event opens when a frame's score reaches this.",
                validators=[
                    django.core.validators.MinValueValidator(0.05),
                    django.core.validators.MaxValueValidator(1.0),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("alerts_per_day", None), ("share", None), _connector="OR"),
                name="camera_has_one_target_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="preset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lone_frames", None), ("lone_frames__gte", models.F("min_frames")), _connector="OR"
                ),
                name="preset_lone_frames_at_least_min_frames",
            ),
        ),
        migrations.AddConstraint(
            model_name="preset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("basis", "threshold"),
                    models.Q(("alerts_per_day__isnull", False), ("basis", "alerts")),
                    models.Q(("basis", "share"), ("share__isnull", False)),
                    _connector="OR",
                ),
                name="preset_basis_has_its_figure",
            ),
        ),
        migrations.AddField(
            model_name="camerabaseline",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
            ),
        ),
        migrations.AddField(
            model_name="cameracalibration",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
            ),
        ),
        migrations.AddField(
            model_name="camerascores",
            name="camera",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="cameras.camera"
            ),
        ),
        migrations.AddField(
            model_name="camerascores",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="camerascores",
            constraint=models.UniqueConstraint(fields=("camera", "started_at"), name="scores_of_camera_from_then"),
        ),
        row_level_security("cameras_camerabaseline"),
        row_level_security("cameras_cameracalibration"),
        row_level_security("cameras_camerascores"),
    ]
