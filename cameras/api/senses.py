"""`senses/`: what an organization's cameras listen and look for."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.api.idempotency import PARAMETER, idempotent
from cameras import services
from cameras.api.permissions import ManagesCameras
from cameras.models import SenseSettings, Transcripts
from cameras.phrasing import TOPICS
from cameras.selectors import sense_settings
from detection.pose.limits import LIMITS


class SenseSettingsSerializer(serializers.Serializer[SenseSettings]):
    transcripts = serializers.ChoiceField(
        choices=Transcripts.choices, help_text="What becomes of words that were heard and written down."
    )
    languages = serializers.ListField(
        child=serializers.CharField(),
        help_text="ISO 639 codes. One without built-in phrases needs phrases of your own.",
    )
    phrases = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        allow_null=True,
        help_text=f"Your own phrases by topic: {', '.join(TOPICS)}. A topic that is missing keeps the built-in phrases "
        "of the languages; null: all of them do; an empty list: nothing of this topic is listened for.",
    )
    prompts = serializers.CharField(
        allow_blank=True,
        trim_whitespace=False,
        help_text="The descriptions that pictures are compared with, as text; blank: the built-in ones.",
    )
    posture = serializers.DictField(
        child=serializers.FloatField(),
        help_text="Limits of posture that differ from the usual ones: "
        + "; ".join(f"{name} ({limit.says.lower()}, {limit.usual:g} {limit.unit})" for name, limit in LIMITS.items()),
    )
    version = serializers.IntegerField(read_only=True, help_text="Counts the changes.")
    changed_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="null: never changed.")


class SensesView(APIView):
    """What the organization's cameras listen and look for. Members read, managers write; cameras follow at once."""

    permission_classes = [IsAuthenticated, ManagesCameras]

    @extend_schema(responses=SenseSettingsSerializer)
    def get(self, request: Request) -> Response:
        """Return what the organization's cameras listen and look for."""
        return Response(SenseSettingsSerializer(sense_settings(_actor(request).organization_id)).data)

    @extend_schema(request=SenseSettingsSerializer, responses=SenseSettingsSerializer, parameters=[PARAMETER])
    @idempotent
    def put(self, request: Request) -> Response:
        """Set everything that the cameras listen and look for."""
        return self._write(request, partial=False)

    @extend_schema(request=SenseSettingsSerializer, responses=SenseSettingsSerializer, parameters=[PARAMETER])
    @idempotent
    def patch(self, request: Request) -> Response:
        """Change some of what the cameras listen and look for; what is not named stays."""
        return self._write(request, partial=True)

    def _write(self, request: Request, *, partial: bool) -> Response:
        actor = _actor(request)
        sent = SenseSettingsSerializer(data=request.data, partial=partial)
        sent.is_valid(raise_exception=True)
        fields: dict[str, Any] = sent.validated_data
        changed = services.sense_settings_update(
            organization_id=actor.organization_id, actor=actor, at=timezone.now(), **fields
        )
        return Response(SenseSettingsSerializer(changed).data)


def _actor(request: Request) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]
