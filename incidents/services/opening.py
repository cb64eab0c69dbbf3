"""How an incident comes to be, whatever opened it, and how a later one finds the one it belongs to."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from cameras.models import Camera
from incidents.alerts import routing_trace
from incidents.models import Incident
from incidents.services.counters import take_incident_number
from incidents.services.facts import REASON_CHARS
from incidents.services.outbox import outbox_append
from incidents.services.timeline import timeline_add
from incidents.services.wording import fitted


def incident_with_key(*, organization_id: UUID, dedup_key: str) -> Incident | None:
    """Lock and return the incident that holds the key, with its camera and site."""
    return (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("camera", "site")
        .filter(organization_id=organization_id, dedup_key=dedup_key)
        .first()
    )


def incident_open(
    *,
    organization_id: UUID,
    camera: Camera,
    category: str,
    severity: int,
    confidence: float,
    reason: str,
    opened_at: dt.datetime,
    dedup_key: str,
    text: str,
    at: dt.datetime,
) -> Incident | None:
    """Open a new incident, or return None when another transaction took the key first (then look it up again).

    opened_at is when it began at the camera, `at` when Vedette wrote it down; `text` is its first timeline entry.
    """
    try:
        # A savepoint: losing the race also gives the number back, so numbers have no gaps.
        with transaction.atomic():
            incident = Incident.objects.create(
                organization_id=organization_id,
                number=take_incident_number(organization_id),
                site=camera.site,
                camera=camera,
                category=category,
                severity=severity,
                confidence=confidence,
                reason=fitted(reason, REASON_CHARS),
                opened_at=opened_at,
                last_event_at=opened_at,
                routing=routing_trace(organization_id=organization_id, site=camera.site, category=category),
                dedup_key=dedup_key,
            )
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "open_incident_per_dedup_key":  # type: ignore[union-attr]
            raise
        return None
    timeline_add(incident=incident, kind="opened", text=text, at=at)
    outbox_append(organization_id=organization_id, kind="incident.opened", incident=incident, payload={}, at=at)
    return incident
