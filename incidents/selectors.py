"""What a person may see of events and incidents. Every function takes the actor first and stays in one organization."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Literal, TypedDict
from uuid import UUID

from django.db.models import Avg, Case, Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.http import Http404

from accounts.actors import Actor
from incidents.alerts import routed_to
from incidents.models import Event, EventEmbedding, Incident, OrganizationCounter, Status, TimelineEntry

Scope = Literal["mine", "all"]
UNRESOLVED = (Status.OPEN, Status.ACKNOWLEDGED)
QUEUE_LENGTH = 200


def incidents_of(actor: Actor) -> QuerySet[Incident]:
    """Return the organization's incidents, each with the people and places its card names and `alert`.

    `alert` is whether the actor is alerted of it (see incidents.alerts).
    """
    actor.require("incidents.view")
    return (
        Incident.objects.filter(organization_id=actor.organization_id)
        .select_related("site", "camera", "acknowledged_by", "resolved_by")
        .annotate(alert=Case(When(routed_to(actor.membership), then=Value(True)), default=Value(False)))
    )


def queue(
    actor: Actor,
    *,
    scope: Scope = "all",
    status: Collection[str] = UNRESOLVED,
    site: UUID | None = None,
    team: UUID | None = None,
    severity: int | None = None,
    q: str = "",
    limit: int = QUEUE_LENGTH,
) -> list[Incident]:
    """Return what to work on, in a constant number of queries: open before taken, then severe, then recent.

    "mine" keeps what the actor is alerted of; `severity` is the least one; `team` keeps the sites that it covers; `q`
    looks in number, reason, category, camera and site. Each incident brings its `alert` and, as `pictures`, its events
    without their bulky columns, the highest score first.
    """
    found = incidents_of(actor).filter(status__in=status)
    if scope == "mine":
        found = found.filter(routed_to(actor.membership))
    if site is not None:
        found = found.filter(site_id=site)
    if team is not None:
        found = found.filter(site__covering_teams__team_id=team)
    if severity is not None:
        found = found.filter(severity__gte=severity)
    if q.strip():
        found = found.filter(_matching(q.strip()))
    rank = Case(*(When(status=value, then=Value(rank)) for rank, value in enumerate(Status.values)))
    pictures = Event.objects.defer("scores", "features", "parts").order_by("-peak_score", "id")
    ordered = found.order_by(rank, "-severity", "-opened_at", "-number")
    return list(ordered.prefetch_related(Prefetch("events", queryset=pictures, to_attr="pictures"))[:limit])


def queue_counts(actor: Actor) -> dict[str, int]:
    """Count the unresolved incidents: open, acknowledged, and `mine` (open ones that the actor is alerted of)."""
    is_open = Q(status=Status.OPEN)
    return incidents_of(actor).aggregate(
        open=Count("id", filter=is_open),
        acknowledged=Count("id", filter=Q(status=Status.ACKNOWLEDGED)),
        mine=Count("id", filter=is_open & routed_to(actor.membership)),
    )


def incident_get(actor: Actor, incident_id: UUID) -> Incident:
    """Return one incident with its events (oldest first) and timeline (newest first); Http404 for a stranger.

    `may_be_likened` of an event is whether enough was kept of its picture to look for similar ones.
    """
    kept = EventEmbedding.objects.filter(event_id=OuterRef("id"))
    events = Event.objects.select_related("camera").annotate(may_be_likened=Exists(kept))
    with_all = incidents_of(actor).prefetch_related(
        Prefetch("events", queryset=events.order_by("started_at", "id")),
        Prefetch("timeline", queryset=TimelineEntry.objects.select_related("actor").order_by("-at", "id")),
    )
    incident = with_all.filter(id=incident_id).first()
    if incident is None:
        raise Http404
    return incident


def events_of(actor: Actor) -> QuerySet[Event]:
    """Return the organization's events, each with its camera, site and incident."""
    actor.require("incidents.view")
    found = Event.objects.filter(organization_id=actor.organization_id)
    return found.select_related("camera__site", "incident")


def event_get(actor: Actor, event_id: UUID) -> Event:
    """Return one event; Http404 for a stranger."""
    event = events_of(actor).filter(id=event_id).first()
    if event is None:
        raise Http404
    return event


class EventStats(TypedDict):
    """Counts and scores (0–1) of the events that started in a time."""

    total: int
    ongoing: int
    mean_score: float | None
    max_score: float | None
    by_category: dict[str, int]
    by_severity: dict[int, int]
    by_camera: list[dict[str, object]]


def event_stats(actor: Actor, *, since: dt.datetime) -> EventStats:
    """Summarise the events that started since then, in a constant number of queries."""
    found = events_of(actor).filter(started_at__gte=since)
    figures = found.aggregate(
        total=Count("id"),
        ongoing=Count("id", filter=Q(ended_at=None)),
        mean_score=Avg("peak_score"),
        max_score=Max("peak_score"),
    )
    category = found.order_by("category").values_list("category").annotate(Count("id"))
    severity = found.order_by("severity").values_list("severity").annotate(Count("id"))
    camera = found.order_by("camera__name", "camera_id").values("camera_id", "camera__name").annotate(count=Count("id"))
    return EventStats(
        total=figures["total"],
        ongoing=figures["ongoing"],
        mean_score=figures["mean_score"],
        max_score=figures["max_score"],
        by_category=dict(category),
        by_severity=dict(severity),
        by_camera=[{"id": str(row["camera_id"]), "name": row["camera__name"], "count": row["count"]} for row in camera],
    )


def outbox_position(actor: Actor) -> int:
    """Return the newest outbox sequence, 0 before the first.

    A page asks this before it reads anything else; its socket then replays what came in between, and nothing is lost.
    """
    counter = OrganizationCounter.objects.filter(organization_id=actor.organization_id).first()
    return counter.outbox_sequence if counter else 0


def _matching(words: str) -> Q:
    found = (
        Q(reason__icontains=words)
        | Q(category__icontains=words)
        | Q(camera__name__icontains=words)
        | Q(site__name__icontains=words)
    )
    number = words.removeprefix("#")
    return found | Q(number=int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else found
