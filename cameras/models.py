"""Where: sites, cameras, presets, and what each camera says of itself."""

from __future__ import annotations

import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Team, TenantModel


def _known_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is no time zone. Use a name such as Europe/Berlin or America/New_York.")


class SecurityLevel(models.TextChoices):
    LOW = "low", "Low"
    STANDARD = "standard", "Standard"
    HIGH = "high", "High"


class Site(TenantModel):
    """A place with cameras."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[_known_time_zone])
    venue_capacity = models.PositiveIntegerField(null=True, blank=True, help_text="People, if the place has a limit.")
    event_type = models.CharField(max_length=60, blank=True, help_text="What usually happens here: concert, station …")
    security_level = models.CharField(max_length=10, choices=SecurityLevel, default=SecurityLevel.STANDARD)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="site_name_in_organization")]

    def __str__(self) -> str:
        return self.name


class SiteTeam(TenantModel):
    """A team covers a site: it gets the alerts of the site's cameras."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="covering_teams")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="covered_sites")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "team"], name="team_covers_site_once")]

    def __str__(self) -> str:
        return f"{self.team} covers {self.site}"


_RATIO = [MinValueValidator(0.05), MaxValueValidator(1.0)]


class Preset(TenantModel):
    """Named detection settings that cameras share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    threshold = models.FloatField(validators=_RATIO, help_text="0–1. An event opens when a frame's score reaches this.")
    hysteresis_low_ratio = models.FloatField(
        default=0.7, validators=_RATIO, help_text="An event goes on while the score stays over threshold × this."
    )
    min_frames = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1)], help_text="Analysed frames in a row over the threshold."
    )
    end_patience_frames = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1)], help_text="Quiet analysed frames before an event ends."
    )
    cooldown_seconds = models.FloatField(
        default=10.0, validators=[MinValueValidator(0.0)], help_text="Seconds after an event before the next may open."
    )
    analysed_fps = models.FloatField(
        "analysed frames a second", default=5.0, validators=[MinValueValidator(0.2), MaxValueValidator(30.0)]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="preset_name_in_organization")]

    def __str__(self) -> str:
        return self.name


class Camera(TenantModel):
    """One source at one site. The address is kept encrypted: it often carries a password."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cameras")
    name = models.CharField(max_length=80)
    source_encrypted = models.BinaryField(editable=False)
    loop = models.BooleanField("loop a file", default=False, help_text="A file starts again at its end.")
    preset = models.ForeignKey(Preset, on_delete=models.PROTECT, related_name="cameras")
    detector = models.CharField(
        max_length=200, default="builtin", help_text="“builtin”, or the name of an installed ONNX model."
    )
    masks = models.JSONField(
        "privacy masks",
        default=list,
        blank=True,
        help_text="Polygons in shares of the picture (0–1), blackened before anything is stored: [[[x, y], …], …]",
    )
    enabled = models.BooleanField(default=True)
    config_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="camera_name_at_site")]

    def __str__(self) -> str:
        return self.name


class CameraStatus(models.TextChoices):
    WAITING = "waiting", "Waiting for a worker"
    CONNECTING = "connecting", "Connecting"
    ONLINE = "online", "Online"
    DEGRADED = "degraded", "Degraded"
    FROZEN = "frozen", "Picture frozen"
    BLIND = "blind", "Nothing to see"
    TAMPERED = "tampered", "Tampered"
    OFFLINE = "offline", "Offline"
    DISABLED = "disabled", "Disabled"


class CameraState(TenantModel):
    """What the worker that watches a camera last said of it; never a setting."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="state")
    status = models.CharField(max_length=12, choices=CameraStatus, default=CameraStatus.WAITING)
    message = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    reported_at = models.DateTimeField()
    last_frame_at = models.DateTimeField(null=True, blank=True)
    analysed_fps = models.FloatField(default=0.0)
    frames = models.BigIntegerField(default=0)
    dropped = models.BigIntegerField(default=0)
    reconnects = models.IntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    score = models.FloatField(default=0.0)
    warming_up = models.BooleanField(default=False)
    stage_ms = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.status}"
