"""Which incident an event belongs to: one camera's events that follow each other closely are one thing to work on."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from cameras.models import Camera
from detection.types import EventUpdate
from incidents.alerts import routing_trace
from incidents.models import Incident, Severity, Status
from incidents.services.facts import REASON_CHARS
from incidents.services.opening import incident_open, incident_with_key
from incidents.services.timeline import timeline_add
from incidents.services.wording import fitted, moment

CORRELATION_WINDOW = dt.timedelta(seconds=20)
"""An event joins when it starts no later than this after the incident's last one ended."""

CORRELATION_SPAN = dt.timedelta(seconds=600)
"""An incident older than this takes no further event: a camera that fires all day is not one incident."""

RAISED = ("severity", "category", "reason", "confidence", "routing")
"""The columns that incident_raise changes."""


def incident_for(
    *, organization_id: UUID, camera: Camera, update: EventUpdate, at: dt.datetime
) -> tuple[Incident, bool]:
    """Return the incident, locked, that an opening event belongs to, and whether it joined one that was there."""
    dedup_key = f"events:{camera.id}"
    started_at = moment(update.started_at)
    while True:
        current = incident_with_key(organization_id=organization_id, dedup_key=dedup_key)
        if current and _takes(current, started_at):
            _join(current, update, started_at, at)
            return current, True
        if current:
            current.dedup_key = ""
            current.save(update_fields=["dedup_key"])
        opened = incident_open(
            organization_id=organization_id,
            camera=camera,
            category=update.category,
            severity=update.severity,
            confidence=update.confidence,
            reason=update.reason,
            opened_at=started_at,
            dedup_key=dedup_key,
            text=f"{camera.name} at {camera.site.name}: {update.reason}",
            at=at,
        )
        if opened:
            return opened, False
        # Another transaction opened it between our look and our insert, and has committed: look again.


def incident_raise(incident: Incident, update: EventUpdate, at: dt.datetime) -> bool:
    """Lift the incident (RAISED, not saved) to what the event says when that outranks it; return whether it did."""
    if (update.severity, update.confidence) <= (incident.severity, incident.confidence):
        return False
    if update.severity > incident.severity:
        text = f"Severity rose from {incident.get_severity_display()} to {Severity(update.severity).label}."
        timeline_add(incident=incident, kind="raised", text=f"{text} {update.reason}".strip(), at=at)
    incident.severity, incident.confidence = update.severity, update.confidence
    if update.category != incident.category:
        # Other teams may answer for it now: they are alerted, and the trace has to say so.
        incident.routing = routing_trace(
            organization_id=incident.organization_id, site=incident.site, category=update.category
        )
    incident.category, incident.reason = update.category, fitted(update.reason, REASON_CHARS)
    return True


def _takes(incident: Incident, started_at: dt.datetime) -> bool:
    if incident.status == Status.RESOLVED or started_at - incident.opened_at > CORRELATION_SPAN:
        return False
    if started_at <= incident.last_event_at + CORRELATION_WINDOW:
        return True
    return incident.events.filter(ended_at=None).exists()


def _join(incident: Incident, update: EventUpdate, started_at: dt.datetime, at: dt.datetime) -> None:
    incident.event_count += 1
    incident.last_event_at = max(incident.last_event_at, started_at, moment(update.peak_at))
    timeline_add(incident=incident, kind="event.opened", text=f"Another event: {update.reason}", at=at)
    incident_raise(incident, update, at)
    incident.save(update_fields=["event_count", "last_event_at", *RAISED])
