"""Where: sites, cameras, presets, and what each camera says of itself."""

from __future__ import annotations

import uuid
import zoneinfo

from django.contrib.postgres.fields import ArrayField
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
_FPS = [MinValueValidator(0.2), MaxValueValidator(30.0)]
_ALERTS_RANGE = "Alerts a day lie between 0.1 (one in ten days) and 1000."
ALERTS_A_DAY = [MinValueValidator(0.1, _ALERTS_RANGE), MaxValueValidator(1000.0, _ALERTS_RANGE)]
_SHARE_RANGE = "A share of the footage lies between 0.001 (a thousandth) and 0.5 (half)."
SHARE = [MinValueValidator(0.001, _SHARE_RANGE), MaxValueValidator(0.5, _SHARE_RANGE)]


class Basis(models.TextChoices):
    """What decides how unusual a scene must be to open an event."""

    ALERTS = "alerts", "A number of alerts a day"
    SHARE = "share", "A share of the footage"
    THRESHOLD = "threshold", "A fixed threshold"


class Preset(TenantModel):
    """Named detection settings that cameras share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.THRESHOLD)
    alerts_per_day = models.FloatField(
        "alerts a day", null=True, blank=True, validators=ALERTS_A_DAY, help_text="On each camera, on average."
    )
    share = models.FloatField(
        null=True, blank=True, validators=SHARE, help_text="0.001–0.5: this share of the camera's footage counts."
    )
    threshold = models.FloatField(
        default=0.75, validators=_RATIO, help_text="0–1. An event opens when a frame's score reaches this."
    )
    hysteresis_low_ratio = models.FloatField(
        default=0.7, validators=_RATIO, help_text="An event goes on while the score stays over threshold × this."
    )
    min_frames = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1)], help_text="Analysed frames in a row over the threshold."
    )
    lone_frames = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Frames in a row where only one reason speaks for an event. Empty: as many as with several.",
    )
    smoothing_s = models.FloatField(
        "smoothing in seconds",
        default=0.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(60.0)],
        help_text="The score is the mean of so many seconds. 0: each frame for itself.",
    )
    sense_threshold = models.FloatField(
        "one sense alone alarms at",
        default=0.75,
        validators=[MinValueValidator(0.5), MaxValueValidator(1.0)],
        help_text="0.5–1. So sure must posture, sound or the scene be to alarm by itself; what is less sure only "
        "supports the others. A fall that was seen scores 0.8 at once, and more the longer somebody lies.",
    )
    end_patience_frames = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1)], help_text="Quiet analysed frames before an event ends."
    )
    cooldown_seconds = models.FloatField(
        default=10.0, validators=[MinValueValidator(0.0)], help_text="Seconds after an event before the next may open."
    )
    analysed_fps = models.FloatField("analysed frames a second", default=5.0, validators=_FPS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="preset_name_in_organization"),
            models.CheckConstraint(
                condition=models.Q(basis="threshold")
                | models.Q(basis="alerts", alerts_per_day__isnull=False)
                | models.Q(basis="share", share__isnull=False),
                name="preset_basis_has_its_figure",
            ),
            models.CheckConstraint(
                condition=models.Q(lone_frames=None) | models.Q(lone_frames__gte=models.F("min_frames")),
                name="preset_lone_frames_at_least_min_frames",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.basis == Basis.ALERTS and self.alerts_per_day is None:
            raise ValidationError({"alerts_per_day": "Say how many alerts a day a camera shall raise."})
        if self.basis == Basis.SHARE and self.share is None:
            raise ValidationError({"share": "Say which share of the footage counts as unusual, from 0.001 to 0.5."})
        if self.lone_frames is not None and self.min_frames is not None and self.lone_frames < self.min_frames:
            raise ValidationError(
                {"lone_frames": "One reason alone needs at least as many frames in a row as several together."}
            )


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
    scorer = models.CharField(
        max_length=200, default="baseline", help_text="“baseline”, “robust”, or the name of a trained model's folder."
    )
    analysed_fps = models.FloatField("analysed frames a second", null=True, blank=True, validators=_FPS)
    alerts_per_day = models.FloatField("alerts a day", null=True, blank=True, validators=ALERTS_A_DAY)
    share = models.FloatField(null=True, blank=True, validators=SHARE)
    masks = models.JSONField(
        "privacy masks",
        default=list,
        blank=True,
        help_text="Polygons in shares of the picture (0–1), blackened before anything is stored: [[[x, y], …], …]",
    )
    pose = models.BooleanField(
        "watch postures", default=True, help_text="Look at people's posture: falls, raised hands, fights."
    )
    audio = models.BooleanField("listen", default=True, help_text="Listen to this camera's sound.")
    scene = models.BooleanField(
        "compare with descriptions", default=True, help_text="Compare the picture with your descriptions."
    )
    enabled = models.BooleanField(default=True)
    config_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="camera_name_at_site"),
            models.CheckConstraint(
                condition=models.Q(alerts_per_day=None) | models.Q(share=None), name="camera_has_one_target_at_most"
            ),
        ]

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
    senses = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.status}"


class Transcripts(models.TextChoices):
    """What becomes of words that were heard and written down."""

    KEEP = "keep", "Keep what was said with the event"
    PHRASES = "phrases", "Listen for phrases only; keep no words"
    OFF = "off", "Never write speech down"


def _english() -> list[str]:
    return ["en"]


class SenseSettings(TenantModel):
    """What an organization's cameras listen and look for; no row: the defaults.

    phrases: the organization's own by topic (detection.audio.phrases.Topic); a topic that is missing keeps the built-in
    ones of the languages, as do all of them for None. prompts: the text of detection.scene.prompts; blank: the built-in
    set. posture: limits by name where they differ from the usual ones (detection.pose.limits). version counts the
    changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transcripts = models.CharField(max_length=10, choices=Transcripts, default=Transcripts.KEEP)
    languages = ArrayField(models.CharField(max_length=3), default=_english)
    phrases = models.JSONField(null=True, blank=True, default=None)
    prompts = models.TextField(blank=True)
    posture = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="sense_settings_once_per_organization")]

    def __str__(self) -> str:
        return f"senses, version {self.version}"


class BaselinePhase(models.TextChoices):
    WARMING_UP = "warming up", "Warming up"
    ACTIVE = "active", "Active"
    DRIFTING = "drifting", "Drifting"
    RELEARNING = "relearning", "Learning anew"


class CameraBaseline(TenantModel):
    """What a camera has learned of what is normal there, as its worker last said.

    picture: what stands for the picture that state_file is of (cameras.pictures), blank where nobody said; before_*:
    the same of the address before, until this one is learned.
    """

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="baseline")
    phase = models.CharField(max_length=12, choices=BaselinePhase, default=BaselinePhase.WARMING_UP)
    progress = models.FloatField(default=0.0)
    left_s = models.FloatField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    learned_s = models.FloatField(default=0.0)
    objects_learned = models.BigIntegerField(default=0)
    version = models.CharField(max_length=80, blank=True)
    state_file = models.CharField(max_length=200, blank=True)
    picture = models.CharField(max_length=16, blank=True)
    before_file = models.CharField(max_length=200, blank=True)
    before_picture = models.CharField(max_length=16, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    relearn_wanted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.phase}"


class CameraCalibration(TenantModel):
    """The threshold that a camera's own scores ask for, and what it promises; empty until the first computation."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="calibration")
    wanted = models.JSONField(default=dict)
    threshold = models.FloatField(null=True, blank=True)
    alerts_per_day = models.FloatField(null=True, blank=True)
    held_out_alerts_per_day = models.FloatField(null=True, blank=True)
    share_over = models.FloatField(null=True, blank=True)
    hours = models.FloatField(default=0.0)
    from_at = models.DateTimeField(null=True, blank=True)
    to_at = models.DateTimeField(null=True, blank=True)
    enough = models.BooleanField(default=False)
    message = models.CharField(max_length=300, blank=True)
    table = models.JSONField(default=list)
    presets = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.camera_id}: {self.threshold}"


class CameraScores(TenantModel):
    """Some minutes of one camera's scores; packed is detection.calibrate's ScoreSeries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="scores")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    packed = models.BinaryField()
    highest = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["camera", "started_at"], name="scores_of_camera_from_then")]

    def __str__(self) -> str:
        return f"{self.camera_id} from {self.started_at:%Y-%m-%d %H:%M:%S}"
