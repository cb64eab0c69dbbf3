"""What people decide about an incident reaches the worker that learns from it."""

from __future__ import annotations

import pytest

from accounts.tenancy import tenant
from cameras.models import Camera
from detection.fuse import fuse
from detection.senses import Finding
from detection.types import FrameScore
from incidents.decisions import decisions_of, refusals_of
from incidents.services.incidents import incident_acknowledge, incident_reopen, incident_resolve
from tests.incidents.sightings import NOON, after, closed, incident_at, opened, sighting

pytestmark = pytest.mark.django_db


def decisions(cast, camera=None):
    with tenant(cast.acme.id):
        return decisions_of((camera or cast.gate3).id, after(-3600))


def version(cast) -> int:
    with tenant(cast.acme.id):
        return Camera.objects.get(id=cast.gate3.id).config_version


@pytest.mark.parametrize(
    ("disposition", "normal"), [("true alarm", False), ("false alarm", True), ("expected", True), ("test", None)]
)
def test_a_disposition_says_whether_a_span_is_normal(cast, disposition, normal):
    incident = incident_at(cast.gate3)
    with tenant(cast.acme.id):
        event = incident.events.get()
    closed(cast.gate3, event, 9.0)
    before = version(cast)
    with tenant(cast.acme.id):
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition=disposition, at=after(60))
    noon = NOON.timestamp()
    assert decisions(cast) == ([] if normal is None else [(noon, noon + 9.0, normal)])
    assert version(cast) == before + 1


def test_reopening_withdraws_it_and_acknowledging_says_nothing(cast):
    incident = incident_at(cast.gate3)
    before = version(cast)
    with tenant(cast.acme.id):
        incident_acknowledge(actor=cast.omar.actor, incident_id=incident.id, at=after(10))
    assert (decisions(cast), version(cast)) == ([], before)
    with tenant(cast.acme.id):
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition="true alarm", at=after(60))
    noon = NOON.timestamp()
    assert decisions(cast) == [(noon, noon, False)], "an event that is still open ends at its peak"
    with tenant(cast.acme.id):
        incident_reopen(actor=cast.omar.actor, incident_id=incident.id, at=after(90))
    assert (decisions(cast), version(cast)) == ([], before + 2)


def test_only_this_cameras_recent_events_count(cast):
    old = incident_at(cast.gate3, -7200.0)
    with tenant(cast.acme.id):
        incident_resolve(actor=cast.omar.actor, incident_id=old.id, disposition="expected", at=after(60))
    assert decisions(cast) == []
    with tenant(cast.acme.id):
        assert decisions_of(cast.globex_camera.id, after(-9000)) == []


def test_what_a_sense_raised_alone_is_counted_as_refused_until_it_was_true(cast):
    def decide(at_s: float, kind: str, disposition: str) -> dict[str, int]:
        finding = Finding("pose", 0.9, kind, "medical emergency", 0.9, "Person 3 fell.")
        event = opened(cast.gate3, sighting(at_s, components=fuse(FrameScore(0.1), (finding,), 0.75).components()))
        with tenant(cast.acme.id):
            incident_resolve(
                actor=cast.omar.actor, incident_id=event.incident_id, disposition=disposition, at=after(at_s + 60)
            )
            return refusals_of(cast.gate3.id, after(-3600))

    assert decide(0.0, "fall", "false alarm") == {"fall": 1}
    assert decide(1000.0, "fall", "expected") == {"fall": 2}
    assert decide(2000.0, "crawl", "test") == {"fall": 2}
    assert decide(3000.0, "crawl", "false alarm") == {"fall": 2, "crawl": 1}
    assert decide(4000.0, "fall", "true alarm") == {"crawl": 1}
    incident_at(cast.gate3, 5000.0)
    with tenant(cast.acme.id):
        assert refusals_of(cast.gate3.id, after(3500)) == {}
