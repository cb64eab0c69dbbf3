"""`events/` and `incidents/`: thin, since selectors read and services write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.actors import Actor
from accounts.api.errors import Conflict
from accounts.api.idempotency import PARAMETER, idempotent
from incidents import selectors
from incidents.api.filters import EventFilter, IncidentFilter, SearchQuery, timeframe
from incidents.api.serializers import (
    CommentSerializer,
    EventSerializer,
    EventStatsSerializer,
    FoundEventsSerializer,
    IncidentDetailSerializer,
    IncidentSerializer,
    ResolveSerializer,
    VersionSerializer,
)
from incidents.models import Event, Incident
from incidents.search import Alike, NoSceneModel, search_words, similar_events
from incidents.services import incidents as services
from incidents.services.errors import IncidentConflict

STATS_TIMEFRAME = "24h"
CONFLICT = OpenApiResponse(description="Somebody else was first, or its state does not allow this; says who and when.")
NO_MODEL = OpenApiResponse(description="No model that reads words is installed; says how to get it.")


class ActsOnIncidents(BasePermission):
    """Everyone in the organization reads; acting needs the right, asked before anything is looked up."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        right = "incidents.view" if request.method in SAFE_METHODS else "incidents.act"
        request._request.actor.require(right)
        return True


class Happenings(GenericViewSet):
    permission_classes = [IsAuthenticated, ActsOnIncidents]
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined,no-any-return]


class EventViewSet(ListModelMixin, Happenings):
    """Spans of one camera's time whose score stayed over its threshold, newest first."""

    queryset = Event.objects.none()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    ordering = ("-started_at", "-id")

    def get_queryset(self) -> QuerySet[Event]:
        return selectors.events_of(self.actor)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        return Response(self.get_serializer(selectors.event_get(self.actor, pk)).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="What the picture shows, at most 200 letters."),
            SearchQuery,
        ],
        responses={200: FoundEventsSerializer, 409: NO_MODEL},
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def search(self, request: Request) -> Response:
        """Find events by words: those whose pictures are most like them, the most alike first."""
        words = request.query_params.get("q", "")
        try:
            found = search_words(self.actor, words, **SearchQuery.narrowed(request.query_params))
        except NoSceneModel as missing:
            raise Conflict(str(missing)) from missing
        return self._found(found)

    @extend_schema(parameters=[SearchQuery], responses=FoundEventsSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def similar(self, request: Request, pk: UUID) -> Response:
        """Find the events that look most like this one, the most alike first."""
        _, found = similar_events(self.actor, pk, **SearchQuery.narrowed(request.query_params))
        return self._found(found)

    def _found(self, found: list[Alike]) -> Response:
        context = self.get_serializer_context()
        return Response(FoundEventsSerializer({"results": found}, context=context).data)

    @extend_schema(
        parameters=[OpenApiParameter("timeframe", str, description=f"30m, 24h, 7d …; {STATS_TIMEFRAME} by default")],
        responses=EventStatsSerializer,
        filters=False,
    )
    @action(detail=False, url_path="stats/summary", pagination_class=None)
    def stats_summary(self, request: Request) -> Response:
        """Count and average the events that started in a time."""
        wanted = request.query_params.get("timeframe", STATS_TIMEFRAME)
        stats = selectors.event_stats(self.actor, since=timezone.now() - timeframe(wanted))
        return Response(EventStatsSerializer({"timeframe": wanted, **stats}).data)


class IncidentViewSet(ListModelMixin, Happenings):
    """What people work on: one or more events that belong together, newest first."""

    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    ordering = ("-opened_at", "-id")

    def get_queryset(self) -> QuerySet[Incident]:
        events = selectors.events_of(self.actor).order_by("started_at", "id")
        return selectors.incidents_of(self.actor).prefetch_related(Prefetch("events", queryset=events))

    @extend_schema(responses=IncidentDetailSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        return self._answer(pk)

    @extend_schema(
        request=VersionSerializer, parameters=[PARAMETER], responses={200: IncidentDetailSerializer, 409: CONFLICT}
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def acknowledge(self, request: Request, pk: UUID) -> Response:
        """Take an open incident; of two who try at once exactly one gets it."""
        return self._act(services.incident_acknowledge, pk, VersionSerializer)

    @extend_schema(
        request=ResolveSerializer, parameters=[PARAMETER], responses={200: IncidentDetailSerializer, 409: CONFLICT}
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def resolve(self, request: Request, pk: UUID) -> Response:
        """Close an incident with what it turned out to be."""
        return self._act(services.incident_resolve, pk, ResolveSerializer)

    @extend_schema(
        request=VersionSerializer, parameters=[PARAMETER], responses={200: IncidentDetailSerializer, 409: CONFLICT}
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, pk: UUID) -> Response:
        """Take a resolved incident up again."""
        return self._act(services.incident_reopen, pk, VersionSerializer)

    @extend_schema(request=CommentSerializer, parameters=[PARAMETER], responses=IncidentDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def comment(self, request: Request, pk: UUID) -> Response:
        """Write something into the timeline."""
        return self._act(services.incident_comment, pk, CommentSerializer)

    def _act(self, service: Callable[..., Incident], pk: UUID, content: type[Any]) -> Response:
        # Before anything is said about what was sent: another organization's incident is not there at all.
        if not selectors.incidents_of(self.actor).filter(id=pk).exists():
            raise Http404
        sent = content(data=self.request.data)
        sent.is_valid(raise_exception=True)
        try:
            service(actor=self.actor, incident_id=pk, at=timezone.now(), **sent.validated_data)
        except IncidentConflict as refusal:
            raise Conflict(str(refusal), code=refusal.code) from refusal
        return self._answer(pk)

    def _answer(self, pk: UUID) -> Response:
        incident = selectors.incident_get(self.actor, pk)
        return Response(IncidentDetailSerializer(incident, context=self.get_serializer_context()).data)
