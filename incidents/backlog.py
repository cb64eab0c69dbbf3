"""What a console has not heard yet, read from the outbox in order and under its person's permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from accounts.tenancy import tenant
from cameras.models import CameraState
from incidents.alerts import routed_to
from incidents.models import Incident, OutboxEntry
from incidents.selectors import outbox_position

REPLAY_MAX = 500
"""A console further behind than this reloads: that is less work for everybody than replaying."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The messages after a sequence up to `newest`; when some cannot be told any more, `lost` says why."""

    newest: int
    messages: tuple[dict[str, Any], ...] = ()
    lost: str = ""


def backlog_after(actor: Actor, sequence: int | None) -> Backlog:
    """Read what came after `sequence`; None asks only where the outbox stands."""
    with tenant(actor.organization_id):
        # Sequences commit in order, so everything up to this one can be read.
        newest = outbox_position(actor)
        if sequence is None or sequence == newest:
            return Backlog(newest)
        if sequence > newest:
            return Backlog(newest, lost="This page is ahead of the server, which was restored from a backup.")
        if newest - sequence > REPLAY_MAX:
            return Backlog(newest, lost=f"{newest - sequence} changes were missed; at most {REPLAY_MAX} are replayed.")
        routed = Incident.objects.filter(routed_to(actor.membership), id=OuterRef("incident_id"))
        entries = list(
            OutboxEntry.objects.filter(
                organization_id=actor.organization_id, sequence__gt=sequence, sequence__lte=newest
            )
            .annotate(alert=Exists(routed))
            .order_by("sequence")
        )
    if len(entries) != newest - sequence:
        return Backlog(newest, lost="Changes that were missed are too old to be replayed.")
    return Backlog(newest, tuple(_message(entry, entry.alert) for entry in entries))


def camera_statuses(actor: Actor) -> dict[UUID, str]:
    """Return what each camera of the organization last said of itself."""
    with tenant(actor.organization_id):
        return dict(
            CameraState.objects.filter(organization_id=actor.organization_id).values_list("camera_id", "status")
        )


def _message(entry: OutboxEntry, alert: bool) -> dict[str, Any]:
    return {
        **entry.payload,
        "type": "incident",
        "seq": entry.sequence,
        "kind": entry.kind,
        "incident": str(entry.incident_id),
        "alert": alert,
    }
