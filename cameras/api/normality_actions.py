"""What a camera's address answers about normality: its setting, what that means there, what was learned, its scores."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.errors import Conflict
from cameras import services
from cameras.api.normality import (
    BaselineSerializer,
    CalibrationSerializer,
    PresetChoiceSerializer,
    ScoresSerializer,
    SpanSerializer,
    TargetSerializer,
    baseline_data,
    calibration_data,
)
from cameras.api.serializers import CameraSerializer
from cameras.calibration import camera_threshold
from cameras.models import Camera, Preset
from cameras.selectors import presets_of, score_points


class NormalityActions:
    """Mixed into the cameras' view set."""

    actor: Actor
    get_object: Any
    get_serializer: Any
    asked: Any

    @extend_schema(responses=CalibrationSerializer)
    @action(detail=True, methods=["get"])
    def calibration(self, request: Request, pk: str | None = None) -> Response:
        """Return what the camera's setting means there, from its own last days."""
        return self._calibration(200)

    @extend_schema(
        request=TargetSerializer,
        responses={
            202: CalibrationSerializer,
            409: OpenApiResponse(description="Too little is recorded to compute anything from; the message says more."),
        },
    )
    @action(detail=True, methods=["post"])
    def calibrate(self, request: Request, pk: str | None = None) -> Response:
        """Compute the camera's threshold anew from its last 7 days; read `calibration/` until it is computed.

        With `alerts_per_day` or `share` that becomes the camera's own target first, in the place of its preset's.
        """
        camera: Camera = self.get_object()
        asked = TargetSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if asked.validated_data:
            services.camera_update(camera_id=camera.id, **self.asked(), **asked.validated_data)
        try:
            services.calibration_ask(camera_id=camera.id, **self.asked())
        except ValidationError as refusal:
            if not asked.validated_data:
                raise Conflict(refusal.messages[0]) from refusal
        return self._calibration(202)

    @extend_schema(request=PresetChoiceSerializer, responses=CameraSerializer)
    @action(detail=True, methods=["post"])
    def preset(self, request: Request, pk: str | None = None) -> Response:
        """Give the camera a preset, by id or by name; a target of its own is dropped."""
        camera: Camera = self.get_object()
        asked = PresetChoiceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        preset = self._preset(asked.validated_data["preset"])
        services.camera_update(
            camera_id=camera.id, preset_id=preset.id, alerts_per_day=None, share=None, **self.asked()
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=BaselineSerializer)
    @action(detail=True, methods=["get"])
    def baseline(self, request: Request, pk: str | None = None) -> Response:
        """Return what the camera has learned of what is normal there."""
        return Response(BaselineSerializer(baseline_data(self.get_object())).data)

    @extend_schema(
        request=None,
        responses={200: BaselineSerializer, 409: OpenApiResponse(description="The camera's scorer learns nothing.")},
    )
    @action(detail=True, methods=["post"], url_path="baseline/relearn")
    def relearn(self, request: Request, pk: str | None = None) -> Response:
        """Forget what is normal here, with the scores and the threshold made of it, and learn it anew."""
        try:
            services.baseline_relearn(camera_id=self.get_object().id, **self.asked())
        except ValidationError as refusal:
            raise Conflict(refusal.messages[0]) from refusal
        return Response(BaselineSerializer(baseline_data(self.get_object())).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("since", OpenApiTypes.DATETIME, description="Default: 24 hours before `until`."),
            OpenApiParameter("until", OpenApiTypes.DATETIME, description="Default: now. At most 8 days after `since`."),
        ],
        responses=ScoresSerializer,
    )
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def scores(self, request: Request, pk: str | None = None) -> Response:
        """Return the highest score of each stored stretch of about five minutes, and the threshold that holds now."""
        camera: Camera = self.get_object()
        span = SpanSerializer(data=request.query_params)
        span.is_valid(raise_exception=True)
        points = score_points(camera, **span.validated_data)
        data = {**span.validated_data, "threshold": camera_threshold(camera), "points": points}
        return Response(ScoresSerializer(data).data)

    def _calibration(self, status: int) -> Response:
        data = calibration_data(self.get_object(), presets_of(self.actor))
        return Response(CalibrationSerializer(data).data, status=status)

    def _preset(self, wanted: str) -> Preset:
        presets = list(presets_of(self.actor))
        for preset in presets:
            if wanted in (str(preset.id), preset.name):
                return preset
        names = ", ".join(preset.name for preset in presets)
        raise ValidationError({"preset": f"There is no preset “{wanted}” in your organization. There are: {names}."})
