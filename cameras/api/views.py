"""`sites/`, `cameras/` and `presets/`: thin, since selectors read and services write."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from accounts.actors import Actor
from accounts.api.errors import Conflict
from accounts.api.idempotency import IdempotentWrites
from cameras import services
from cameras.api.filters import CameraFilter, SiteFilter
from cameras.api.negotiation import AnyAccept
from cameras.api.normality_actions import NormalityActions
from cameras.api.permissions import ManagesCameras
from cameras.api.serializers import CameraSerializer, PresetSerializer, SiteSerializer
from cameras.media import NO_PICTURE, snapshot_response
from cameras.models import Camera, Preset, Site
from cameras.selectors import cameras_of, presets_of, sites_of
from cameras.snapshots import snapshot_get

WRITABLE = ["get", "post", "patch", "delete", "head", "options"]


class OrganizationView:
    """What the three have in common: the members of the organization read, its managers write."""

    permission_classes = [IsAuthenticated, ManagesCameras]
    ordering = ("name", "id")
    request: Request

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined,no-any-return]

    def asked(self) -> dict[str, Any]:
        return {"organization_id": self.actor.organization_id, "actor": self.actor, "at": timezone.now()}


class SiteViewSet(OrganizationView, IdempotentWrites, ModelViewSet):
    """Places with cameras, and the teams that cover them. Members read, managers write."""

    http_method_names = WRITABLE
    queryset = Site.objects.none()
    serializer_class = SiteSerializer
    filterset_class = SiteFilter

    def get_queryset(self) -> QuerySet[Site]:
        return sites_of(self.actor)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = self.get_queryset().get(id=serializer.save().id)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = self.get_queryset().get(id=serializer.save().id)

    def perform_destroy(self, instance: Site) -> None:
        try:
            services.site_delete(site_id=instance.id, **self.asked())
        except ValidationError as refusal:
            raise Conflict(refusal.messages[0]) from refusal


class PresetViewSet(OrganizationView, IdempotentWrites, ModelViewSet):
    """Named settings of what counts as unusual. Members read, managers write; cameras follow a change at once."""

    http_method_names = WRITABLE
    queryset = Preset.objects.none()
    serializer_class = PresetSerializer

    def get_queryset(self) -> QuerySet[Preset]:
        return presets_of(self.actor)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = self.get_queryset().get(id=serializer.save().id)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = self.get_queryset().get(id=serializer.save().id)

    def perform_destroy(self, instance: Preset) -> None:
        try:
            services.preset_delete(preset_id=instance.id, **self.asked())
        except ValidationError as refusal:
            raise Conflict(refusal.messages[0]) from refusal


class CameraViewSet(OrganizationView, NormalityActions, IdempotentWrites, ModelViewSet):
    """Sources of pictures at a site, and their state. Members read, managers write."""

    http_method_names = WRITABLE
    queryset = Camera.objects.none()
    serializer_class = CameraSerializer
    filterset_class = CameraFilter

    def get_queryset(self) -> QuerySet[Camera]:
        return cameras_of(self.actor)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = self.get_queryset().get(id=serializer.save().id)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = self.get_queryset().get(id=serializer.save().id)

    def perform_destroy(self, instance: Camera) -> None:
        try:
            services.camera_delete(camera_id=instance.id, **self.asked())
        except ValidationError as refusal:
            raise Conflict(refusal.messages[0]) from refusal

    @extend_schema(request=None, responses=CameraSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str | None = None) -> Response:
        """Have the camera watched; a worker takes it up within seconds."""
        services.camera_enable(camera_id=self.get_object().id, **self.asked())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=CameraSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str | None = None) -> Response:
        """Stop watching the camera; its settings and incidents stay."""
        services.camera_disable(camera_id=self.get_object().id, **self.asked())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            404: OpenApiResponse(description="No such camera, or no picture of the last minute."),
        }
    )
    @action(detail=True, methods=["get"], content_negotiation_class=AnyAccept)
    def snapshot(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """Return the camera's newest picture as a JPEG; X-Picture-Age says how many seconds old it is."""
        snapshot = snapshot_get(self.get_object().id)
        if snapshot is None:
            raise NotFound(NO_PICTURE)
        return snapshot_response(request._request, snapshot)
