"""Events as the pipeline reports them, and the incidents they join or open.

Each function runs inside the transaction of the worker, which holds the lease of the camera with its epoch (the fence
against a paused worker) and is inside `tenant(organization_id)`. Each may be called again with the same update: a
worker that lost its database connection does not know whether its commit arrived. One update per transaction: the
locks are lease → incident → counter, and a second incident after the counter could deadlock with an operator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from cameras.models import Camera
from detection.senses import Finding
from detection.types import EventUpdate
from incidents.models import Event
from incidents.services.correlation import RAISED, incident_for, incident_raise
from incidents.services.facts import peak_facts, score_lane
from incidents.services.outbox import outbox_append
from incidents.services.timeline import timeline_add
from incidents.services.wording import moment, span

SAID_CHARS = 500
"""Of one thing that was said; a person speaks so much in half a minute."""


@transaction.atomic
def event_opened(
    *,
    organization_id: UUID,
    camera_id: UUID,
    epoch: int,
    update: EventUpdate,
    peak_image: str,
    detector: str,
    preset: str,
    at: dt.datetime,
) -> Event:
    """Record that an event opened; it joins the camera's current incident or opens a new one.

    peak_image is the storage name of the frame with overlay. Raises Camera.DoesNotExist for a deleted camera.
    """
    known = Event.objects.filter(organization_id=organization_id, id=update.event_id).first()
    if known:
        return known
    camera = Camera.objects.select_related("site").get(organization_id=organization_id, id=camera_id)
    abandoned = _abandon(organization_id, camera_id, epoch, at)
    incident, joined = incident_for(organization_id=organization_id, camera=camera, update=update, at=at)
    event = Event.objects.create(
        id=update.event_id,
        organization_id=organization_id,
        incident=incident,
        camera=camera,
        epoch=epoch,
        started_at=moment(update.started_at),
        peak_image=peak_image,
        detector=detector,
        preset=preset,
        **peak_facts(update),
    )
    for left in abandoned:
        left.incident.refresh_from_db(fields=[*RAISED, "status"])
        _tell("event.closed", left, at)
    if joined:
        _tell("event.opened", event, at)
    return event


@transaction.atomic
def event_peaked(*, organization_id: UUID, update: EventUpdate, peak_image: str, at: dt.datetime) -> Event | None:
    """Record a higher peak: score, picture and reason; the incident rises with it, never falls.

    An empty peak_image keeps the picture there is. Returns None when the event is not known.
    """
    event = _locked(organization_id, update.event_id)
    if event is None or moment(update.peak_at) <= event.peak_at:
        return event
    if _peak(event, update, peak_image, at):
        _tell("incident.updated", event, at)
    return event


@transaction.atomic
def event_closed(
    *, organization_id: UUID, update: EventUpdate, scores: Sequence[Sequence[float]], at: dt.datetime
) -> Event | None:
    """Record that an event ended, with its score lane: [seconds from its start, score 0–1] pairs.

    An end that was guessed because a worker died is corrected. Returns None when the event is not known.
    """
    event = _locked(organization_id, update.event_id)
    ended_at = moment(update.at if update.ended_at is None else update.ended_at)
    if event is None or event.ended_at == ended_at:
        return event
    if moment(update.peak_at) > event.peak_at:
        _peak(event, update, "", at)
    _write(event, {"ended_at": ended_at, "frame_count": update.frame_count, "scores": score_lane(scores)})
    incident = event.incident
    incident.last_event_at = max(incident.last_event_at, ended_at)
    incident.save(update_fields=["last_event_at"])
    text = f"The event ended after {span(ended_at - event.started_at)}."
    timeline_add(incident=incident, kind="event.closed", text=text, at=at)
    _tell("event.closed", event, at)
    return event


@transaction.atomic
def event_clip_ready(
    *, organization_id: UUID, event_id: UUID, clip: str, clip_started_at: dt.datetime, final: bool, at: dt.datetime
) -> Event | None:
    """Attach a clip (a storage name); the final one replaces the preview, never the other way round.

    Returns None when the event is not known (any more).
    """
    event = _locked(organization_id, event_id)
    if event is None or (event.clip_is_final and not final) or (event.clip == clip and event.clip_is_final == final):
        return event
    _write(event, {"clip": clip, "clip_started_at": clip_started_at, "clip_is_final": final})
    _tell("clip.ready", event, at)
    return event


@transaction.atomic
def event_said(
    *, organization_id: UUID, event_id: UUID, words: Sequence[tuple[float, float, str]], at: dt.datetime
) -> Event | None:
    """Keep what was said around an event, in place of what was known before: (start, end, text), Unix seconds.

    Returns None when the event is not known (any more).
    """
    event = _locked(organization_id, event_id)
    if event is None:
        return None
    began = event.started_at.timestamp()
    said = [
        {"from_s": round(start - began, 1), "to_s": round(end - began, 1), "text": text[:SAID_CHARS]}
        for start, end, text in words
    ]
    components = _with_said(event, said)
    if components != event.tier1_components:
        _write(event, {"tier1_components": components})
        _tell("event.updated", event, at)
    return event


@transaction.atomic
def events_abandoned(*, organization_id: UUID, camera_id: UUID, epoch: int, at: dt.datetime) -> int:
    """End the events of a camera that a worker of an earlier epoch left open; return how many there were.

    Nobody saw their end, so they end at their peak, and the timeline says so. An opening event does this by itself; a
    worker that takes over a camera calls it so that a quiet camera does not show an event that never ends.
    """
    events = _abandon(organization_id, camera_id, epoch, at)
    for event in events:
        _tell("event.closed", event, at)
    return len(events)


def _abandon(organization_id: UUID, camera_id: UUID, epoch: int, at: dt.datetime) -> list[Event]:
    """Do the writing of events_abandoned; telling comes later, as the outbox's counter is the last lock to take."""
    left = (
        Event.objects.select_for_update(of=("self",), no_key=True)
        .select_related("incident__camera", "incident__site")
        .filter(organization_id=organization_id, camera_id=camera_id, epoch__lt=epoch, ended_at=None)
        .order_by("started_at", "id")
    )
    events = list(left)
    text = "The worker that watched this event stopped; when it really ended was not seen."
    for event in events:
        _write(event, {"ended_at": event.peak_at})
        timeline_add(incident=event.incident, kind="event.abandoned", text=text, at=at)
    return events


def _peak(event: Event, update: EventUpdate, peak_image: str, at: dt.datetime) -> bool:
    """Write a higher peak into the event and its incident; return whether the incident's card changed."""
    said = (event.tier1_components.get("audio") or {}).get("details", {}).get("said")
    _write(event, {**peak_facts(update), "peak_image": peak_image or event.peak_image})
    if said:
        _write(event, {"tier1_components": _with_said(event, said)})
    incident = event.incident
    incident.last_event_at = max(incident.last_event_at, event.peak_at)
    changed = incident_raise(incident, update, at)
    incident.save(update_fields=["last_event_at", *RAISED])
    return changed


def _with_said(event: Event, said: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an event's components with what was said; a higher peak does not take it away."""
    audio = dict(event.tier1_components.get("audio") or Finding("audio").facts())
    audio["details"] = {**audio["details"], "said": said}
    return {**event.tier1_components, "audio": audio}


def _locked(organization_id: UUID, event_id: UUID) -> Event | None:
    """Lock an event together with its incident."""
    return (
        Event.objects.select_for_update(of=("self", "incident"), no_key=True)
        .select_related("incident__camera", "incident__site")
        .filter(organization_id=organization_id, id=event_id)
        .first()
    )


def _write(event: Event, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(event, name, value)
    event.save(update_fields=list(values))


def _tell(kind: str, event: Event, at: dt.datetime) -> None:
    payload = {"event": str(event.id)}
    outbox_append(organization_id=event.organization_id, kind=kind, incident=event.incident, payload=payload, at=at)
