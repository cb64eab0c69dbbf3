"""What is written of an organization, to prove that nothing of it is gone later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from accounts.tenancy import tenant
from cameras.models import Camera
from incidents.models import Event, Incident, OutboxEntry, TimelineEntry

Facts = dict[str, Any]


def facts_of(organization_id: UUID) -> Facts:
    """Return everything recorded that must never change or go: keyed so that later ones only add to it."""
    with tenant(organization_id):
        return {
            **{
                f"event {id}": (incident, started_at)
                for id, incident, started_at in Event.objects.order_by("id").values_list(
                    "id", "incident_id", "started_at"
                )
            },
            **{
                f"acknowledged {id}": (by, at)
                for id, by, at in Incident.objects.exclude(acknowledged_at=None)
                .order_by("id")
                .values_list("id", "acknowledged_by_id", "acknowledged_at")
            },
            **{f"incident {id}": number for id, number in Incident.objects.order_by("id").values_list("id", "number")},
            **{f"timeline {id}": text for id, text in TimelineEntry.objects.order_by("id").values_list("id", "text")},
        }


def lost(before: Facts, after: Facts) -> Facts:
    """Return what was there before and is gone or different now."""
    return {name: fact for name, fact in before.items() if after.get(name) != fact}


def events_of(camera: Camera) -> list[Event]:
    """Return a camera's events, oldest first."""
    with tenant(camera.organization_id):
        return list(Event.objects.filter(camera=camera).select_related("incident").order_by("started_at", "id"))


def overlaps(events: Sequence[Event]) -> list[tuple[datetime, datetime]]:
    """Return the pairs of one camera's events that claim the same time: an event that was recorded twice."""
    ended = [(one.started_at, one.ended_at or one.peak_at, one) for one in events]
    return [
        (first.started_at, second.started_at) for (_, end, first), (start, _, second) in pairwise(ended) if start < end
    ]


def outbox_sequence(organization_id: UUID) -> list[int]:
    """Return the sequence numbers of the outbox, in order."""
    with tenant(organization_id):
        return list(OutboxEntry.objects.order_by("sequence").values_list("sequence", flat=True))
