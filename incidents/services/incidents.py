"""What people do with incidents: acknowledge, resolve, reopen, comment."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from accounts.actors import Actor
from cameras.services import camera_follow
from incidents.models import Disposition, Incident, Status
from incidents.services.errors import AlreadyTaken, NotAllowed, Stale
from incidents.services.outbox import outbox_append
from incidents.services.timeline import timeline_add

Action = Literal["acknowledge", "resolve", "reopen", "comment"]

ALLOWED: dict[Action, frozenset[str]] = {
    "acknowledge": frozenset({Status.OPEN}),
    "resolve": frozenset({Status.OPEN, Status.ACKNOWLEDGED}),
    "reopen": frozenset({Status.RESOLVED}),
    "comment": frozenset(Status.values),
}
"""The states in which each action may happen. The database's constraints say the same of the columns."""

COMMENT_CHARS = 2000
NOTE_CHARS = 2000


@transaction.atomic
def incident_acknowledge(
    *, actor: Actor, incident_id: UUID, at: dt.datetime, expected_version: int | None = None
) -> Incident:
    """Take an open incident. Acknowledging one's own again changes nothing and is no error.

    Raises PermissionDenied, Http404, AlreadyTaken when somebody else was first, Stale when the version moved on.
    """
    incident = _locked(actor, incident_id)
    if incident.status == Status.ACKNOWLEDGED and incident.acknowledged_by_id == actor.user.id:
        return incident
    _guard(incident, "acknowledge", expected_version)
    incident.status = Status.ACKNOWLEDGED
    incident.acknowledged_by, incident.acknowledged_at = actor.user, at
    _written(incident, actor, "acknowledged", f"{actor.user} acknowledged it.", at)
    return incident


@transaction.atomic
def incident_resolve(
    *,
    actor: Actor,
    incident_id: UUID,
    disposition: str,
    at: dt.datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Incident:
    """Close an incident with what it turned out to be; nothing joins it any more.

    An open one is acknowledged by the same person in the same moment. Raises ValidationError for an unknown
    disposition or a note over NOTE_CHARS, and what incident_acknowledge raises.
    """
    incident = _locked(actor, incident_id)
    if disposition not in Disposition.values:
        known = ", ".join(Disposition.values)
        raise ValidationError({"disposition": f"“{disposition}” is no disposition. Choose one of: {known}."})
    if len(note) > NOTE_CHARS:
        raise ValidationError({"note": f"The note has {len(note)} characters; the most is {NOTE_CHARS}."})
    _guard(incident, "resolve", expected_version)
    if incident.status == Status.OPEN:
        incident.acknowledged_by, incident.acknowledged_at = actor.user, at
    incident.status, incident.disposition = Status.RESOLVED, Disposition(disposition)
    incident.resolution_note, incident.dedup_key = note.strip(), ""
    incident.resolved_by, incident.resolved_at = actor.user, at
    camera_follow(camera_id=incident.camera_id)  # its worker learns from the outcome
    text = f"{actor.user} resolved it as {disposition}."
    _written(incident, actor, "resolved", f"{text} {incident.resolution_note}".strip(), at)
    return incident


@transaction.atomic
def incident_reopen(
    *, actor: Actor, incident_id: UUID, at: dt.datetime, expected_version: int | None = None
) -> Incident:
    """Take a resolved incident up again: it is acknowledged, by this person. The timeline keeps the old outcome.

    Raises what incident_acknowledge raises, and NotAllowed when it is not resolved.
    """
    incident = _locked(actor, incident_id)
    _guard(incident, "reopen", expected_version)
    incident.status, incident.disposition, incident.resolution_note = Status.ACKNOWLEDGED, "", ""
    incident.acknowledged_by, incident.acknowledged_at = actor.user, at
    incident.resolved_by = incident.resolved_at = None
    camera_follow(camera_id=incident.camera_id)
    _written(incident, actor, "reopened", f"{actor.user} reopened it.", at)
    return incident


@transaction.atomic
def incident_comment(*, actor: Actor, incident_id: UUID, text: str, at: dt.datetime) -> Incident:
    """Write a person's words into the timeline, in any state.

    Raises ValidationError when the text is empty or over COMMENT_CHARS, PermissionDenied, Http404.
    """
    incident = _locked(actor, incident_id)
    words = text.strip()
    if not words:
        raise ValidationError({"text": "Write something first."})
    if len(words) > COMMENT_CHARS:
        raise ValidationError({"text": f"The comment has {len(words)} characters; the most is {COMMENT_CHARS}."})
    _guard(incident, "comment", None)
    timeline_add(incident=incident, kind="commented", text=words, at=at, actor_id=actor.user.id)
    outbox_append(
        organization_id=actor.organization_id, kind="incident.commented", incident=incident, payload={}, at=at
    )
    return incident


def _locked(actor: Actor, incident_id: UUID) -> Incident:
    actor.require("incidents.act")
    # Nothing joined: after a wait PostgreSQL reads the locked row anew, but not what an outer join had found before.
    incident = (
        Incident.objects.select_for_update(no_key=True)
        .filter(organization_id=actor.organization_id, id=incident_id)
        .first()
    )
    if incident is None:
        raise Http404
    return incident


def _guard(incident: Incident, action: Action, expected_version: int | None) -> None:
    if incident.status not in ALLOWED[action]:
        raise _refusal(incident, action)
    if expected_version is not None and expected_version != incident.version:
        raise Stale(f"Incident #{incident.number} changed since you looked at it. Look again, then decide.")


def _refusal(incident: Incident, action: Action) -> AlreadyTaken | NotAllowed:
    if action == "reopen":
        return NotAllowed(f"Incident #{incident.number} is {incident.status}; only a resolved one can be reopened.")
    resolved = incident.status == Status.RESOLVED
    who = incident.resolved_by if resolved else incident.acknowledged_by
    when = incident.resolved_at if resolved else incident.acknowledged_at
    assert when is not None, "open_incident_is_unacknowledged"
    # The account of whoever it was may be gone by now.
    return AlreadyTaken(number=incident.number, what=incident.status, who=str(who or "Somebody"), when=when)


def _written(incident: Incident, actor: Actor, kind: str, text: str, at: dt.datetime) -> None:
    """Save the change with its timeline entry and its outbox entry. Only people's changes raise the version."""
    incident.version += 1
    incident.save()
    timeline_add(incident=incident, kind=kind, text=text, at=at, actor_id=actor.user.id)
    outbox_append(
        organization_id=actor.organization_id,
        kind="incident.updated" if kind == "reopened" else f"incident.{kind}",
        incident=incident,
        payload={"by": str(actor.user), "at": at.isoformat()},
        at=at,
    )
