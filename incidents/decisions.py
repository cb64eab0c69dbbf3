"""What people said of a camera's events, for the worker that learns from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from incidents.models import Disposition, Event

Decision = tuple[float, float, bool]
"""Start and end of an event in Unix seconds, and whether what it showed is normal."""

_NORMAL = {Disposition.FALSE_ALARM: True, Disposition.EXPECTED: True, Disposition.TRUE_ALARM: False}
"""A test says nothing of what is normal."""


def refusals_of(camera_id: UUID, since: dt.datetime) -> dict[str, int]:
    """Return how often people refused what one sense alone had raised, by kind ("fall"), inside the caller's scope.

    Counted are the false and expected alarms on events that started since then and after the kind's last true one.
    """
    told = (
        Event.objects.filter(camera_id=camera_id, started_at__gte=since, incident__disposition__in=_NORMAL)
        .exclude(tier1_components__fusion__alone="")
        .order_by("started_at", "id")
        .values_list("tier1_components__fusion__alone", "incident__disposition")
    )
    refused: dict[str, int] = {}
    for kind, disposition in told:
        if kind:
            refused[kind] = refused.get(kind, 0) + 1 if _NORMAL[Disposition(disposition)] else 0
    return {kind: times for kind, times in refused.items() if times}


def decisions_of(camera_id: UUID, since: dt.datetime) -> Sequence[Decision]:
    """Return the decisions on events that started since then, oldest first, inside the caller's tenant scope.

    An event that was cut off, and so has no end, ends at its peak.
    """
    rows = (
        Event.objects.filter(camera_id=camera_id, started_at__gte=since, incident__disposition__in=_NORMAL)
        .order_by("started_at", "id")
        .values_list("started_at", "ended_at", "peak_at", "incident__disposition")
    )
    return [
        (started_at.timestamp(), (ended_at or peak_at).timestamp(), _NORMAL[Disposition(disposition)])
        for started_at, ended_at, peak_at, disposition in rows
    ]
