"""`models/`: what this installation can see and hear with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.permissions import ManagesCameras
from detection.models import ModelState
from workers.model_store import facts_of, store


class ModelSerializer(serializers.Serializer[ModelState]):
    name = serializers.CharField(source="model.name")
    stage = serializers.CharField(source="model.stage")
    does = serializers.CharField(source="model.does")
    licence = serializers.CharField(source="model.licence")
    licence_url = serializers.URLField(source="model.licence_url")
    source = serializers.CharField(source="model.source")
    status = serializers.ChoiceField(choices=["installed", "missing", "incomplete", "foreign"])
    message = serializers.CharField(help_text="What to do, unless it is installed.")
    size = serializers.IntegerField(help_text="Bytes on disk.")
    came_from = serializers.CharField(help_text="Where the installed files came from.")
    sha256 = serializers.CharField(help_text="The first digits of the first file's digest.")
    how_to_get = serializers.CharField(source="model.how_to_get")

    def to_representation(self, state: ModelState) -> dict[str, Any]:
        return facts_of(state)


class ModelList(APIView):
    """The models that the stages know: which are installed, which are missing and how to get them."""

    permission_classes = [IsAuthenticated, ManagesCameras]

    @extend_schema(responses=ModelSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(ModelSerializer(store().states(), many=True).data)
