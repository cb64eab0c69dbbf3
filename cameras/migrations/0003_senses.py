import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import cameras.models
from accounts.tenancy import row_level_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cameras", "0002_baselines_calibrations_scores"),
    ]

    operations = [
        migrations.AddField(
            model_name="camera",
            name="pose",
            field=models.BooleanField(
                default=True,
                help_text="Look at people's posture: falls, raised hands, fights.",
                verbose_name="watch postures",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="audio",
            field=models.BooleanField(default=True, help_text="Listen to this camera's sound.", verbose_name="listen"),
        ),
        migrations.AddField(
            model_name="camera",
            name="scene",
            field=models.BooleanField(
                default=True,
                help_text="Compare the picture with your descriptions.",
                verbose_name="compare with descriptions",
            ),
        ),
        migrations.AddField(
            model_name="camerastate",
            name="senses",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.CreateModel(
            name="SenseSettings",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "transcripts",
                    models.CharField(
                        choices=[
                            ("keep", "Keep what was said with the event"),
                            ("phrases", "Listen for phrases only; keep no words"),
                            ("off", "Never write speech down"),
                        ],
                        default="keep",
                        max_length=10,
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), default=cameras.models._english, size=None
                    ),
                ),
                ("phrases", models.JSONField(blank=True, default=None, null=True)),
                ("prompts", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("changed_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization",), name="sense_settings_once_per_organization")
                ],
            },
        ),
        row_level_security("cameras_sensesettings"),
    ]
