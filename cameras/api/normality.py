"""What of a camera's baseline, calibration and scores the API shows, and what it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from cameras.alone import alone_of
from cameras.calibration import camera_wanted
from cameras.models import ALERTS_A_DAY, SHARE, BaselinePhase, Camera, CameraBaseline, CameraCalibration, Preset
from cameras.normal import normality_of, other_settings, promise_of
from cameras.selectors import baseline_of, calibration_of
from cameras.services.scores import KEPT_DAYS

DAY = dt.timedelta(days=1)


class TargetSerializer(serializers.Serializer):
    """A target for one camera; nothing at all leaves the one it has."""

    alerts_per_day = serializers.FloatField(required=False, validators=ALERTS_A_DAY)
    share = serializers.FloatField(
        required=False, validators=SHARE, help_text="0.001–0.5: this share of the camera's footage counts."
    )


class PresetChoiceSerializer(serializers.Serializer):
    preset = serializers.CharField(max_length=60, help_text="A preset's id or its name.")


class WantedSerializer(serializers.Serializer):
    """What is asked for on the camera; exactly one of them."""

    alerts_per_day = serializers.FloatField(required=False)
    share = serializers.FloatField(required=False)
    threshold = serializers.FloatField(required=False)


class OutlookSerializer(serializers.Serializer):
    preset_id = serializers.UUIDField()
    name = serializers.CharField()
    alerts_per_day = serializers.FloatField()
    threshold = serializers.FloatField()


class CalibrationSerializer(serializers.Serializer):
    state = serializers.ChoiceField(
        choices=["computing", "computed", "not enough footage"],
        help_text="computing: ask again in some seconds. not enough footage: threshold is the preset's own.",
    )
    message = serializers.CharField(help_text="What the setting means on this camera, in a sentence.")
    wanted = WantedSerializer()
    threshold = serializers.FloatField(help_text="The threshold that holds now.")
    alerts_per_day = serializers.FloatField(allow_null=True)
    held_out_alerts_per_day = serializers.FloatField(
        allow_null=True, help_text="The same on footage that was not used to choose the threshold."
    )
    sense_alerts_7d = serializers.IntegerField(
        help_text="Alerts of the last 7 days that one sense raised alone (a fall, a scream); alerts_per_day has none."
    )
    share_over = serializers.FloatField(allow_null=True)
    hours = serializers.FloatField()
    from_at = serializers.DateTimeField(allow_null=True)
    to_at = serializers.DateTimeField(allow_null=True)
    table = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        help_text="[threshold, alerts a day] with the durations and pauses of the camera's preset.",
    )
    presets = OutlookSerializer(many=True, help_text="What each preset would do on this camera.")
    computed_at = serializers.DateTimeField(allow_null=True)


def calibration_data(camera: Camera, presets: Iterable[Preset]) -> dict[str, Any]:
    """Return a camera's calibration as CalibrationSerializer describes it."""
    calibration = calibration_of(camera) or CameraCalibration(camera=camera)
    now = timezone.now()
    promise = promise_of(camera, now)
    done = "computed" if promise.calibrated else "not enough footage"
    return {
        "state": "computing" if promise.computing else done,
        "message": promise.sentence,
        "wanted": camera_wanted(camera),
        "threshold": promise.threshold,
        "alerts_per_day": calibration.alerts_per_day if promise.calibrated else None,
        "held_out_alerts_per_day": calibration.held_out_alerts_per_day if promise.calibrated else None,
        "sense_alerts_7d": alone_of(camera, now),
        "share_over": calibration.share_over if promise.calibrated else None,
        "hours": calibration.hours,
        "from_at": calibration.from_at,
        "to_at": calibration.to_at,
        "table": calibration.table,
        "presets": [
            {
                "preset_id": line.preset.id,
                "name": line.preset.name,
                "alerts_per_day": line.alerts_per_day,
                "threshold": line.threshold,
            }
            for line in other_settings(camera, presets)
            if line.threshold is not None
        ],
        "computed_at": calibration.computed_at,
    }


class BaselineSerializer(serializers.Serializer):
    phase = serializers.ChoiceField(
        choices=BaselinePhase.choices, allow_null=True, help_text="null where nothing was learned yet, or ever is."
    )
    progress = serializers.FloatField(help_text="0–1 of what is to be learned.")
    left_s = serializers.FloatField(allow_null=True)
    message = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    learned_s = serializers.FloatField(help_text="Seconds of footage that were learned from.")
    objects = serializers.IntegerField(help_text="People and things remembered.")
    version = serializers.CharField(allow_blank=True)
    saved_at = serializers.DateTimeField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    relearn_wanted_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it shall learn anew, where its worker has not begun yet."
    )


def baseline_data(camera: Camera) -> dict[str, Any]:
    """Return a camera's baseline as BaselineSerializer describes it."""
    normality = normality_of(camera)
    baseline = baseline_of(camera) or CameraBaseline(camera=camera)
    return {
        "phase": normality.phase or None,
        "progress": baseline.progress,
        "left_s": baseline.left_s,
        "message": normality.sentence,
        "since": normality.since,
        "learned_s": baseline.learned_s,
        "objects": baseline.objects_learned,
        "version": baseline.version,
        "saved_at": baseline.saved_at,
        "reported_at": baseline.reported_at,
        "relearn_wanted_at": baseline.relearn_wanted_at,
    }


class SpanSerializer(serializers.Serializer):
    """A span of time to read; without it the last 24 hours."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        until = attrs.get("until") or timezone.now()
        since = attrs.get("since") or until - DAY
        if since >= until:
            raise serializers.ValidationError({"since": "The span must begin before it ends."})
        if until - since > KEPT_DAYS * DAY:
            raise serializers.ValidationError(
                {"since": f"Scores are kept for {KEPT_DAYS} days; ask for at most so many."}
            )
        return {"since": since, "until": until}


class PointSerializer(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    highest = serializers.FloatField(help_text="The highest score (0–1) of these minutes.")


class ScoresSerializer(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    threshold = serializers.FloatField(help_text="The threshold that holds now.")
    points = PointSerializer(many=True)
