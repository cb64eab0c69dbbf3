"""What happened to an incident, in order, in words."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from incidents.models import Incident, TimelineEntry
from incidents.services.wording import fitted

TEXT_CHARS = 2000


def timeline_add(
    *,
    incident: Incident,
    kind: str,
    text: str,
    at: dt.datetime,
    actor_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> TimelineEntry:
    """Write down one thing that happened to an incident, by a person (actor_id) or by Vedette."""
    return TimelineEntry.objects.create(
        organization_id=incident.organization_id,
        incident=incident,
        at=at,
        actor_id=actor_id,
        kind=kind,
        text=fitted(text, TEXT_CHARS),
        details=details or {},
    )
