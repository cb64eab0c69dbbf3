"""Events join or open incidents, once each, whatever the worker repeats."""

from __future__ import annotations

import math
from typing import Any
from uuid import uuid4

from accounts.tenancy import tenant
from cameras.models import SiteTeam
from incidents.models import Event, Incident, OutboxEntry, TimelineEntry
from incidents.services.events import event_clip_ready, event_closed, event_peaked, event_said, events_abandoned
from tests.cast import make_camera
from tests.incidents.sightings import after, closed, incident_at, opened, sighting


def kinds(cast: Any) -> list[str]:
    with tenant(cast.acme.id):
        return list(OutboxEntry.objects.order_by("sequence").values_list("kind", flat=True))


def test_an_event_opens_an_incident(cast: Any) -> None:
    event = opened(
        cast.gate3, sighting(3.0, started_s=2.0, features={"num_people": 1.0, "min_person_obj_px": math.inf})
    )
    with tenant(cast.acme.id):
        incident = Incident.objects.get()
        entry = OutboxEntry.objects.get()
        line = TimelineEntry.objects.get()
        stored = Event.objects.get(id=event.id)
    assert (incident.number, incident.severity, incident.status) == (1, 2, "open")
    assert (incident.opened_at, incident.last_event_at) == (after(2.0), after(2.0))
    assert (entry.sequence, entry.kind, entry.incident_id) == (1, "incident.opened", incident.id)
    assert entry.payload == {
        "number": 1,
        "severity": 2,
        "status": "open",
        "category": "security threat",
        "reason": "Someone moves faster than usual here.",
        "site": "North",
        "camera": "Gate 3",
    }
    assert line.text == "Gate 3 at North: Someone moves faster than usual here."
    assert stored.features == {"num_people": 1.0, "min_person_obj_px": None}


def test_the_same_opening_twice_is_one_event(cast: Any) -> None:
    update = sighting()
    opened(cast.gate3, update)
    opened(cast.gate3, update)
    with tenant(cast.acme.id):
        assert (Event.objects.count(), Incident.objects.get().event_count) == (1, 1)
    assert kinds(cast) == ["incident.opened"]


def test_an_event_within_the_window_joins_and_raises_the_incident(cast: Any) -> None:
    closed(cast.gate3, opened(cast.gate3, sighting(0.0)), 10.0)
    fall = sighting(30.0, severity=4, confidence=0.5, category="medical emergency", reason="Someone fell.")
    opened(cast.gate3, fall)
    with tenant(cast.acme.id):
        incident = Incident.objects.get()
        raised = TimelineEntry.objects.get(kind="raised")
    assert (incident.severity, incident.category, incident.reason) == (4, "medical emergency", "Someone fell.")
    assert (incident.event_count, incident.last_event_at) == (2, after(30.0))
    assert raised.text == "Severity rose from MEDIUM to CRITICAL. Someone fell."
    assert kinds(cast) == ["incident.opened", "event.closed", "event.opened"]


def test_a_raise_to_another_category_alerts_the_teams_that_take_it(cast: Any) -> None:
    with tenant(cast.acme.id):
        cast.security.categories = ["security threat"]
        cast.security.save(update_fields=["categories"])
        cast.medical.categories = ["medical emergency"]
        cast.medical.save(update_fields=["categories"])
        SiteTeam.objects.create(organization_id=cast.acme.id, site=cast.north, team=cast.medical)
    first = incident_at(cast.gate3)
    assert [(step["team"], step["alerted"]) for step in first.routing] == [("Medical", False), ("Security", True)]
    raised = opened(cast.gate3, sighting(5, severity=3, category="medical emergency")).incident
    assert raised == first
    with tenant(cast.acme.id):
        raised.refresh_from_db()
    trace = {step["team"]: step["why"] for step in raised.routing}
    assert trace["Security"] == "covers North, but does not take medical emergency"
    assert trace["Medical"] == "covers North, but nobody in it gets alerts"


def test_a_milder_event_joins_and_lowers_nothing(cast: Any) -> None:
    closed(cast.gate3, opened(cast.gate3, sighting(severity=4, reason="Someone fell.")), 5.0)
    opened(cast.gate3, sighting(10.0, severity=1, confidence=1.0, reason="Someone lingers."))
    with tenant(cast.acme.id):
        incident = Incident.objects.get()
    assert (incident.severity, incident.reason, incident.event_count) == (4, "Someone fell.", 2)


def test_past_the_window_a_new_incident_takes_the_key(cast: Any) -> None:
    closed(cast.gate3, opened(cast.gate3, sighting(0.0)), 10.0)
    opened(cast.gate3, sighting(30.1))
    with tenant(cast.acme.id):
        first, second = Incident.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert (first.dedup_key, second.dedup_key) == ("", f"events:{cast.gate3.id}")


def test_an_incident_that_has_lasted_its_span_takes_no_more(cast: Any) -> None:
    first = opened(cast.gate3, sighting(0.0))
    opened(cast.gate3, sighting(600.0))
    second = opened(cast.gate3, sighting(600.1))
    assert first.incident_id != second.incident_id
    with tenant(cast.acme.id):
        assert Incident.objects.get(id=first.incident_id).event_count == 2


def test_two_cameras_are_two_incidents(cast: Any) -> None:
    other = make_camera(cast.north, cast.presets["balanced"], "Gate 4")
    assert incident_at(cast.gate3).id != incident_at(other).id


def test_each_organization_numbers_its_own(cast: Any) -> None:
    assert incident_at(cast.gate3).number == 1
    assert incident_at(cast.globex_camera).number == 1


def test_a_higher_peak_lifts_event_and_incident(cast: Any) -> None:
    event = opened(cast.gate3, sighting(0.0))
    peak = sighting(1.0, event_id=event.id, kind="peak", peak_score=0.95, severity=3, confidence=0.9, reason="Faster.")
    with tenant(cast.acme.id):
        for _ in range(2):
            event_peaked(organization_id=cast.acme.id, update=peak, peak_image="a/peak-2.jpg", at=after(1.0))
        event = Event.objects.select_related("incident").get(id=event.id)
    assert (event.peak_score, event.peak_image, event.peak_at) == (0.95, "a/peak-2.jpg", after(1.0))
    assert (event.incident.severity, event.incident.reason, event.incident.confidence) == (3, "Faster.", 0.9)
    assert kinds(cast) == ["incident.opened", "incident.updated"]


def test_a_late_older_peak_changes_nothing(cast: Any) -> None:
    event = opened(cast.gate3, sighting(5.0))
    older = sighting(4.0, event_id=event.id, kind="peak", severity=5, peak_score=0.99)
    with tenant(cast.acme.id):
        event_peaked(organization_id=cast.acme.id, update=older, peak_image="x.jpg", at=after(6.0))
        stored = Event.objects.get()
    assert (stored.peak_score, stored.peak_image) == (0.8, "")


def test_the_end_is_written_once_with_a_bounded_score_lane(cast: Any) -> None:
    event = opened(cast.gate3, sighting(0.0))
    end = sighting(
        8.0, event_id=event.id, kind="closed", peak_at=after(0.0).timestamp(), ended_at=after(8.0).timestamp()
    )
    scores = [[i / 100, 0.9 if i == 500 else 0.1] for i in range(-100, 900)]
    with tenant(cast.acme.id):
        for _ in range(2):
            event_closed(organization_id=cast.acme.id, update=end, scores=scores, at=after(8.0))
        stored = Event.objects.get()
        lines = list(TimelineEntry.objects.filter(kind="event.closed").values_list("text", flat=True))
    assert stored.ended_at == after(8.0)
    assert len(stored.scores) == 250
    assert max(stored.scores, key=lambda point: point[1]) == [5.0, 0.9]
    assert lines == ["The event ended after 8 s."]
    assert kinds(cast) == ["incident.opened", "event.closed"]


def test_updates_of_an_unknown_event_are_ignored(cast: Any) -> None:
    with tenant(cast.acme.id):
        assert event_peaked(organization_id=cast.acme.id, update=sighting(), peak_image="", at=after(0)) is None
        assert event_closed(organization_id=cast.acme.id, update=sighting(), scores=[], at=after(0)) is None
    assert kinds(cast) == []


def test_what_was_said_is_kept_with_the_event_and_told_once(cast: Any) -> None:
    event = opened(cast.gate3, sighting())
    began = event.started_at.timestamp()
    words = [(began - 2.0, began - 1.0, "stop it"), (began + 1.0, began + 2.5, "x" * 600)]
    with tenant(cast.acme.id):
        common = {"organization_id": cast.acme.id, "words": words, "at": after(9.0)}
        for _ in range(2):
            stored = event_said(event_id=event.id, **common)
        assert event_said(event_id=uuid4(), **common) is None
    assert stored is not None
    assert stored.tier1_components["audio"]["details"]["said"] == [
        {"from_s": -2.0, "to_s": -1.0, "text": "stop it"},
        {"from_s": 1.0, "to_s": 2.5, "text": "x" * 500},
    ]
    assert kinds(cast) == ["incident.opened", "event.updated"]
    higher = sighting(20.0, kind="peak", event_id=event.id, started_s=0.0, peak_score=0.99)
    with tenant(cast.acme.id):
        event_peaked(organization_id=cast.acme.id, update=higher, peak_image="", at=after(20.0))
        kept = Event.objects.get(id=event.id)
    assert kept.peak_score == 0.99
    assert [each["text"] for each in kept.tier1_components["audio"]["details"]["said"]] == ["stop it", "x" * 500]


def test_the_final_clip_replaces_the_preview_and_stays(cast: Any) -> None:
    event = opened(cast.gate3, sighting())
    with tenant(cast.acme.id):
        for clip, final in (("p.mp4", False), ("f.mp4", True), ("f.mp4", True), ("p.mp4", False)):
            event_clip_ready(
                organization_id=cast.acme.id,
                event_id=event.id,
                clip=clip,
                clip_started_at=after(-5.0),
                final=final,
                at=after(9.0),
            )
        stored = Event.objects.get()
    assert (stored.clip, stored.clip_is_final, stored.clip_started_at) == ("f.mp4", True, after(-5.0))
    assert kinds(cast) == ["incident.opened", "clip.ready", "clip.ready"]


def test_a_new_worker_ends_what_the_dead_one_left_open(cast: Any) -> None:
    left = opened(cast.gate3, sighting(0.0), epoch=1)
    with tenant(cast.acme.id):
        assert events_abandoned(organization_id=cast.acme.id, camera_id=cast.gate3.id, epoch=1, at=after(30.0)) == 0
        assert events_abandoned(organization_id=cast.acme.id, camera_id=cast.gate3.id, epoch=2, at=after(30.0)) == 1
        assert Event.objects.get(id=left.id).ended_at == after(0.0)
        assert TimelineEntry.objects.get(kind="event.abandoned").at == after(30.0)
    assert kinds(cast) == ["incident.opened", "event.closed"]


def test_an_opening_after_a_crash_ends_the_left_one_and_joins(cast: Any) -> None:
    left = opened(cast.gate3, sighting(0.0), epoch=1)
    joined = opened(cast.gate3, sighting(15.0), epoch=2)
    assert joined.incident_id == left.incident_id
    assert kinds(cast) == ["incident.opened", "event.closed", "event.opened"]
