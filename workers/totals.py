"""Totals over every organization that an administrator alerts on: events, incidents, what waits, and models."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Min
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import installation, tenant
from incidents.models import Disposition, Event, Incident, OutboxEntry, Severity, Status
from workers.model_store import store


@dataclass(slots=True)
class Totals:
    """Counts by (severity, category), by (state, severity) and by disposition; ages in seconds by severity.

    Severities are the words that people read (LOW … EMERGENCY). unacknowledged_s: how long the oldest open incident of
    a severity has waited, absent where none waits. unsent: changes that no console was told of yet.
    """

    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    incidents: Counter[tuple[str, str]] = field(default_factory=Counter)
    resolved: Counter[str] = field(default_factory=Counter)
    unacknowledged_s: dict[str, float] = field(default_factory=dict)
    unsent: int = 0


def totals() -> Totals:
    """Count everything, one organization after another: row-level security opens no incident to the installation."""
    found, now = Totals(), timezone.now()
    with installation():
        organizations = list(Organization.objects.values_list("id", flat=True))
        found.unsent = OutboxEntry.objects.filter(sent_at__isnull=True).count()
    for organization_id in organizations:
        with tenant(organization_id):
            events = Event.objects.filter(organization_id=organization_id).order_by()
            for severity, category, count in events.values_list("severity", "category").annotate(Count("id")):
                found.events[Severity(severity).label, category] += count
            incidents = Incident.objects.filter(organization_id=organization_id).order_by()
            states = incidents.values_list("status", "severity", "disposition")
            for status, severity, disposition, count, oldest in states.annotate(Count("id"), Min("opened_at")):
                word = str(Severity(severity).label)
                found.incidents[status, word] += count
                if disposition:
                    found.resolved[disposition] += count
                if status == Status.OPEN:
                    waited = max(0.0, (now - oldest).total_seconds())
                    found.unacknowledged_s[word] = max(found.unacknowledged_s.get(word, 0.0), waited)
    return found


def model_states() -> Counter[str]:
    """Return how many of the known models are in which state: installed, missing, incomplete, foreign."""
    return Counter(state.status for state in store().states())


SEVERITIES = tuple(str(label) for label in Severity.labels)
STATES = tuple(Status.values)
DISPOSITIONS = tuple(Disposition.values)
