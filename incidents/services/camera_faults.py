"""A camera that cannot be trusted is an incident itself: offline, frozen, blind, tampered with.

The caller debounces, and may repeat itself: a new worker does not know what the one before it reported. Called inside
`tenant(organization_id)`.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from cameras.models import Camera
from incidents.models import Category, Incident, Severity, Status, TimelineEntry
from incidents.services.facts import REASON_CHARS
from incidents.services.opening import incident_open, incident_with_key
from incidents.services.outbox import outbox_append
from incidents.services.timeline import timeline_add
from incidents.services.wording import fitted, span

FAULTS: dict[str, tuple[str, Severity]] = {
    "offline": ("is offline", Severity.MEDIUM),
    "blind": ("sees nothing", Severity.MEDIUM),
    # A frozen or moved picture looks alive to whoever glances at it: worse than a black one.
    "frozen": ("shows a frozen picture", Severity.HIGH),
    "tampered": ("was tampered with", Severity.HIGH),
}
"""What each fault is called, and how severe it is."""

REJOIN_WINDOW = dt.timedelta(seconds=60)
"""A camera that fails again so soon after it came back is still the same incident."""

BEGAN, ENDED = "camera.fault", "camera.back"


@transaction.atomic
def camera_fault_opened(
    *, organization_id: UUID, camera_id: UUID, fault: str, message: str, since: dt.datetime, at: dt.datetime
) -> Incident:
    """Record that a camera has had a fault since `since`: a new incident, or one more entry in the one that lasts.

    `fault` is a key of FAULTS; `message` the source's own sentence, without credentials. A fault that is known to last
    is not recorded again, also when somebody has resolved its incident: it is news again once it was over.
    """
    what, severity = FAULTS[fault]
    camera = Camera.objects.select_related("site").get(organization_id=organization_id, id=camera_id)
    reason = fitted(f"{camera.name} {what}. {message}".strip(), REASON_CHARS)
    dedup_key = f"camera:{camera_id}"
    while True:
        # Locked before the timeline is read, so that a second caller sees what the first wrote.
        current = incident_with_key(organization_id=organization_id, dedup_key=dedup_key)
        latest = _latest(camera)
        if (known := latest.get(fault)) and known.kind == BEGAN:
            return known.incident
        if current and _still_on(current, latest, since):
            _join(current, fault, severity, reason, since, at)
            return current
        if current:
            current.dedup_key = ""
            current.save(update_fields=["dedup_key"])
        opened = incident_open(
            organization_id=organization_id,
            camera=camera,
            category=Category.EQUIPMENT_FAILURE,
            severity=severity,
            confidence=1.0,
            reason=reason,
            opened_at=since,
            dedup_key=dedup_key,
            text=f"Vedette lost its view of {camera.name} at {camera.site.name}.",
            at=at,
        )
        if opened:
            _entry(opened, BEGAN, reason, fault, since, at)
            return opened


@transaction.atomic
def camera_fault_closed(
    *, organization_id: UUID, camera_id: UUID, fault: str, since: dt.datetime, at: dt.datetime
) -> Incident | None:
    """Record that a fault ended at `since`; the incident stays for a person to resolve.

    Returns None when no such fault is known to last.
    """
    camera = Camera.objects.get(organization_id=organization_id, id=camera_id)
    began = _latest(camera).get(fault)
    if began is None or began.kind == ENDED:
        return None
    incident = (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("camera", "site")
        .get(id=began.incident_id)
    )
    latest = _latest(camera)
    if latest[fault].kind == ENDED:
        return incident
    began_at = dt.datetime.fromisoformat(began.details["since"])
    others = [name for name, entry in latest.items() if name != fault and entry.kind == BEGAN]
    if others:
        text = f"No longer {fault}, after {span(since - began_at)}; now it {FAULTS[others[0]][0]}."
    else:
        text = f"{camera.name} came back after {span(since - began_at)}."
    _entry(incident, ENDED, text, fault, since, at)
    incident.last_event_at = max(incident.last_event_at, since)
    incident.save(update_fields=["last_event_at"])
    outbox_append(organization_id=organization_id, kind="incident.updated", incident=incident, payload={}, at=at)
    return incident


def _latest(camera: Camera) -> dict[str, TimelineEntry]:
    """Return the newest entry of each fault of the camera."""
    entries = (
        TimelineEntry.objects.filter(
            organization_id=camera.organization_id, incident__camera=camera, kind__in=(BEGAN, ENDED)
        )
        .select_related("incident__camera", "incident__site")
        .order_by("details__fault", "-at", "-details__since", "-id")
        .distinct("details__fault")
    )
    return {entry.details["fault"]: entry for entry in entries}


def _still_on(incident: Incident, latest: dict[str, TimelineEntry], since: dt.datetime) -> bool:
    if incident.status == Status.RESOLVED:
        return False
    lasting = any(entry.kind == BEGAN and entry.incident_id == incident.id for entry in latest.values())
    return lasting or since <= incident.last_event_at + REJOIN_WINDOW


def _join(incident: Incident, fault: str, severity: Severity, reason: str, since: dt.datetime, at: dt.datetime) -> None:
    incident.event_count += 1
    incident.last_event_at = max(incident.last_event_at, since)
    if severity > incident.severity:
        incident.severity, incident.reason = severity, reason
    incident.save(update_fields=["event_count", "last_event_at", "severity", "reason"])
    _entry(incident, BEGAN, reason, fault, since, at)
    outbox_append(
        organization_id=incident.organization_id, kind="incident.updated", incident=incident, payload={}, at=at
    )


def _entry(incident: Incident, kind: str, text: str, fault: str, since: dt.datetime, at: dt.datetime) -> None:
    details = {"fault": fault, "since": since.isoformat()}
    timeline_add(incident=incident, kind=kind, text=text, at=at, details=details)
