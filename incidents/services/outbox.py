"""The outbox: each change that consoles must hear of, numbered without gaps in the transaction of the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.tenancy import installation
from incidents.live import nudge
from incidents.models import Incident, OutboxEntry
from incidents.services.counters import take_outbox_sequence

KEPT_FOR = dt.timedelta(days=7)
"""A console that was away for longer reloads its page."""

RELAY_BATCH = 500
PRUNE_BATCH = 5000


@transaction.atomic
def outbox_append(
    *, organization_id: UUID, kind: str, incident: Incident | None, payload: Mapping[str, Any], at: dt.datetime
) -> OutboxEntry:
    """Write one entry and nudge the consoles once the transaction commits.

    What a queue card shows of the incident goes in by itself; `payload` adds to it. The organization's counter stays
    locked until the transaction ends, so call this last, after the rows of the change are locked and written.
    """
    entry = OutboxEntry.objects.create(
        organization_id=organization_id,
        sequence=take_outbox_sequence(organization_id),
        kind=kind,
        incident=incident,
        site_id=incident.site_id if incident else None,
        payload={**(_card(incident) if incident else {}), **payload},
        created_at=at,
    )
    # robust: with Redis away the change itself still stands; the relay and the consoles' own polls make up for it.
    transaction.on_commit(lambda: nudge(organization_id, entry.sequence), robust=True)
    return entry


def outbox_relay(*, at: dt.datetime, limit: int = RELAY_BATCH) -> int:
    """Nudge every organization with unconfirmed entries, mark those sent, and return how many there were.

    Entries are confirmed here and not where they are written: one write less before an alert is out, at the price of
    a second nudge, which consoles ignore. When Redis is away nothing is marked and its error is raised.
    """
    with installation():
        unsent = OutboxEntry.objects.filter(sent_at=None).order_by("created_at", "id")
        batch = list(unsent.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        entries = OutboxEntry.objects.filter(id__in=batch)
        newest = entries.order_by("organization_id").values_list("organization_id").annotate(Max("sequence"))
        for organization_id, sequence in newest:
            nudge(organization_id, sequence)
        entries.update(sent_at=at)
    return len(batch)


def outbox_prune(*, at: dt.datetime, limit: int = PRUNE_BATCH) -> int:
    """Delete sent entries older than KEPT_FOR, at most `limit`, and return how many went."""
    with installation():
        old = OutboxEntry.objects.filter(sent_at__isnull=False, created_at__lt=at - KEPT_FOR).order_by("created_at")
        deleted, _ = OutboxEntry.objects.filter(id__in=list(old.values_list("id", flat=True)[:limit])).delete()
    return deleted


def _card(incident: Incident) -> dict[str, Any]:
    return {
        "number": incident.number,
        "severity": incident.severity,
        "status": incident.status,
        "category": incident.category,
        "reason": incident.reason,
        "site": incident.site.name,
        "camera": incident.camera.name,
    }
