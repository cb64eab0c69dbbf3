"""A camera that cannot be trusted is an incident, for as long as it lasts."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.tenancy import tenant
from incidents.models import Incident, OutboxEntry, TimelineEntry
from incidents.services.camera_faults import FAULTS, camera_fault_closed, camera_fault_opened
from incidents.services.incidents import incident_resolve
from tests.incidents.sightings import after, opened, sighting


def begins(cast: Any, since_s: float, fault: str = "offline", message: str = "The host refuses port 554.") -> Incident:
    with tenant(cast.acme.id):
        return camera_fault_opened(
            organization_id=cast.acme.id,
            camera_id=cast.gate3.id,
            fault=fault,
            message=message,
            since=after(since_s),
            at=after(since_s + 20),
        )


def ends(cast: Any, since_s: float, fault: str = "offline") -> Incident | None:
    with tenant(cast.acme.id):
        return camera_fault_closed(
            organization_id=cast.acme.id,
            camera_id=cast.gate3.id,
            fault=fault,
            since=after(since_s),
            at=after(since_s + 5),
        )


def lines(cast: Any) -> list[str]:
    with tenant(cast.acme.id):
        entries = TimelineEntry.objects.filter(kind__in=["camera.fault", "camera.back"])
        return list(entries.order_by("at", "details__since").values_list("text", flat=True))


def test_a_camera_goes_and_comes_back(cast: Any) -> None:
    incident = begins(cast, 0)
    assert (incident.category, incident.severity, incident.status) == ("equipment failure", 2, "open")
    assert (incident.reason, incident.opened_at) == ("Gate 3 is offline. The host refuses port 554.", after(0))
    assert incident.routing[0]["team"] == "Security"
    assert ends(cast, 40) == incident
    assert lines(cast) == ["Gate 3 is offline. The host refuses port 554.", "Gate 3 came back after 40 s."]
    with tenant(cast.acme.id):
        assert Incident.objects.get().status == "open"
        kinds = list(OutboxEntry.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["incident.opened", "incident.updated"]


def test_repeating_says_nothing_new(cast: Any) -> None:
    assert ends(cast, 0) is None
    first = begins(cast, 0)
    assert begins(cast, 0) == first
    ends(cast, 40)
    assert ends(cast, 40) is None
    assert len(lines(cast)) == 2


def test_a_frozen_picture_is_worse_than_none(cast: Any) -> None:
    assert {fault: int(severity) for fault, (_, severity) in FAULTS.items()} == {
        "offline": 2,
        "blind": 2,
        "frozen": 3,
        "tampered": 3,
    }
    begins(cast, 0)
    begins(cast, 30, "frozen", "")
    ends(cast, 30, "offline")
    ends(cast, 90, "frozen")
    with tenant(cast.acme.id):
        incident = Incident.objects.get()
    assert (incident.severity, incident.reason, incident.event_count) == (3, "Gate 3 shows a frozen picture.", 2)
    assert lines(cast) == [
        "Gate 3 is offline. The host refuses port 554.",
        "No longer offline, after 30 s; now it shows a frozen picture.",
        "Gate 3 shows a frozen picture.",
        "Gate 3 came back after 1 min.",
    ]


@pytest.mark.parametrize(("again_s", "incidents"), [(100, 1), (101, 2)])
def test_a_flapping_camera_stays_one_incident(cast: Any, again_s: float, incidents: int) -> None:
    begins(cast, 0)
    ends(cast, 40)
    begins(cast, again_s)
    with tenant(cast.acme.id):
        assert Incident.objects.count() == incidents


def test_a_resolved_outage_is_news_again_only_when_it_was_over(cast: Any) -> None:
    first = begins(cast, 0)
    with tenant(cast.acme.id):
        incident_resolve(actor=cast.omar.actor, incident_id=first.id, disposition="expected", at=after(30))
    assert begins(cast, 0) == first
    assert ends(cast, 300) == first
    assert begins(cast, 310) != first
    with tenant(cast.acme.id):
        assert Incident.objects.get(id=first.id).status == "resolved"


def test_an_outage_and_an_event_are_two_incidents(cast: Any) -> None:
    fault = begins(cast, 0)
    assert opened(cast.gate3, sighting(5)).incident_id != fault.id
