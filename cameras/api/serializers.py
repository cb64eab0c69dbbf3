"""How sites, cameras and presets look in the API; the services check and write."""

from __future__ import annotations

from typing import Any, get_args

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actors import Actor
from cameras import services
from cameras.calibration import camera_threshold
from cameras.credentials import masked_token
from cameras.models import Camera, CameraState, CameraStatus, Preset, Site, SiteTeam
from detection.senses import State


class ServiceSerializer(serializers.ModelSerializer):
    """Hand the service who asks, where and when."""

    def _asked(self) -> dict[str, Any]:
        actor: Actor = self.context["request"].actor
        return {"organization_id": actor.organization_id, "actor": actor, "at": timezone.now()}


class CoveringTeamSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="team_id", read_only=True)
    name = serializers.CharField(source="team.name", read_only=True)

    class Meta:
        model = SiteTeam
        fields = ["id", "name"]


class SiteSerializer(ServiceSerializer):
    teams = CoveringTeamSerializer(source="covering_teams", many=True, read_only=True)
    team_ids = serializers.ListField(
        child=serializers.UUIDField(),
        write_only=True,
        required=False,
        max_length=100,
        help_text="All the teams that get this site's alerts.",
    )
    cameras = serializers.IntegerField(source="camera_count", read_only=True, default=0)

    class Meta:
        model = Site
        fields = [
            "id",
            "name",
            "address",
            "time_zone",
            "venue_capacity",
            "event_type",
            "security_level",
            "teams",
            "team_ids",
            "cameras",
        ]

    def create(self, validated_data: dict[str, Any]) -> Site:
        return services.site_create(**self._asked(), **validated_data)

    def update(self, instance: Site, validated_data: dict[str, Any]) -> Site:
        return services.site_update(site_id=instance.id, **self._asked(), **validated_data)


class PresetSerializer(ServiceSerializer):
    cameras = serializers.IntegerField(source="camera_count", read_only=True, default=0)

    class Meta:
        model = Preset
        fields = [
            "id",
            "name",
            "description",
            "basis",
            "alerts_per_day",
            "share",
            "threshold",
            "hysteresis_low_ratio",
            "min_frames",
            "lone_frames",
            "sense_threshold",
            "smoothing_s",
            "end_patience_frames",
            "cooldown_seconds",
            "analysed_fps",
            "cameras",
        ]

    def create(self, validated_data: dict[str, Any]) -> Preset:
        return services.preset_create(**self._asked(), **validated_data)

    def update(self, instance: Preset, validated_data: dict[str, Any]) -> Preset:
        return services.preset_update(preset_id=instance.id, **self._asked(), **validated_data)


class SenseFactsSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=get_args(State))
    message = serializers.CharField(help_text="What is missing and what to do; empty where nothing is.")
    model = serializers.CharField(help_text="The model that it uses.")
    dropped = serializers.IntegerField(
        default=0, help_text="What it had no time for: people, pieces of sound, or pictures; counted by the worker."
    )


class CameraStateSerializer(serializers.ModelSerializer):
    senses = serializers.DictField(
        child=SenseFactsSerializer(), read_only=True, help_text="By sense: pose, audio, scene. Empty: never watched."
    )

    class Meta:
        model = CameraState
        fields = [
            "status",
            "message",
            "since",
            "reported_at",
            "last_frame_at",
            "analysed_fps",
            "frames",
            "dropped",
            "reconnects",
            "width",
            "height",
            "score",
            "warming_up",
            "stage_ms",
            "senses",
        ]


class NameOnly(serializers.Serializer):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)


class CameraSerializer(ServiceSerializer):
    site = NameOnly(read_only=True)
    site_id = serializers.UUIDField()
    preset = NameOnly(read_only=True)
    preset_id = serializers.UUIDField()
    source = serializers.CharField(
        write_only=True,
        max_length=2000,
        help_text="rtsp://user:password@host/path, http(s)://, or a video file's name. Kept encrypted, never shown.",
    )
    source_masked = serializers.SerializerMethodField()
    masks = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2), min_length=3
        ),
        required=False,
        help_text="Privacy masks: polygons of corners [x, y], each 0–1 of the picture.",
    )
    threshold = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = Camera
        fields = [
            "id",
            "name",
            "site",
            "site_id",
            "preset",
            "preset_id",
            "source",
            "source_masked",
            "loop",
            "detector",
            "scorer",
            "analysed_fps",
            "alerts_per_day",
            "share",
            "threshold",
            "masks",
            "pose",
            "audio",
            "scene",
            "enabled",
            "config_version",
            "status",
            "state",
        ]
        read_only_fields = ["config_version"]

    @extend_schema_field(serializers.CharField(help_text="The address with its credentials hidden."))
    def get_source_masked(self, camera: Camera) -> str:
        return masked_token(camera.source_encrypted)

    @extend_schema_field(serializers.FloatField(help_text="The score (0–1) from which a frame counts here now."))
    def get_threshold(self, camera: Camera) -> float:
        return camera_threshold(camera)

    @extend_schema_field(serializers.ChoiceField(choices=CameraStatus.choices))
    def get_status(self, camera: Camera) -> str:
        state = getattr(camera, "state", None)
        return str(state.status) if state else str(CameraStatus.WAITING if camera.enabled else CameraStatus.DISABLED)

    @extend_schema_field(CameraStateSerializer(allow_null=True))
    def get_state(self, camera: Camera) -> dict[str, Any] | None:
        state = getattr(camera, "state", None)
        return CameraStateSerializer(state).data if state else None

    def create(self, validated_data: dict[str, Any]) -> Camera:
        return services.camera_create(**self._asked(), **validated_data)

    def update(self, instance: Camera, validated_data: dict[str, Any]) -> Camera:
        return services.camera_update(camera_id=instance.id, **self._asked(), **validated_data)
