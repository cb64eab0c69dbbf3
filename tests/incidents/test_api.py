"""events/ and incidents/ over REST: the promised names, filters, pages, errors and repeats."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.tenancy import tenant
from detection.fuse import fuse
from detection.senses import Finding
from detection.types import FrameScore, ScorePart
from incidents.models import Event, Incident, TimelineEntry
from incidents.services.events import event_clip_ready
from tests.cast import make_camera
from tests.incidents.sightings import after, closed, incident_at, opened, sighting

EVENTS, INCIDENTS = "/api/v1/events/", "/api/v1/incidents/"


@pytest.fixture
def omar(cast: Any, client: Client) -> Client:
    logged_in: Client = cast.login(client, cast.omar)
    return logged_in


def speed(value: float) -> ScorePart:
    return ScorePart("max_speed_px", value, 2.0, 4.0, deviation=6.0, share=0.7)


def test_an_incident_carries_the_promised_names(cast: Any, omar: Client) -> None:
    event = opened(cast.gate3, sighting(severity=3, peak_score=0.93, parts=(speed(12.5),)))
    with tenant(cast.acme.id):
        clip = {"clip": "c.mp4", "clip_started_at": after(-5), "final": True}
        event_clip_ready(organization_id=cast.acme.id, event_id=event.id, at=after(9), **clip)
    response = omar.get(f"{INCIDENTS}{event.incident_id}/")
    body = response.json()
    shown_event = body.pop("events")[0]
    timeline = body.pop("timeline")
    assert body == {
        "id": str(event.incident_id),
        "number": 1,
        "timestamp": "2026-03-14T12:00:00Z",
        "category": "security threat",
        "severity": {"level": 3, "label": "HIGH", "color": "#fd7e14"},
        "confidence": 0.6,
        "location": "Gate 3, North",
        "summary": {
            "situation_overview": "Someone moves faster than usual here. Seen by Gate 3 at North from "
            "2026-03-14 13:00:00 (Europe/Berlin), once.",
            "severity_assessment": "HIGH: score 0.93, alarm from 0.75, confidence 60%.",
            "hazard_analysis": "Fastest person: 12 px/s, usually 2–4 px/s.",
            "immediate_actions": [],
            "equipment_required": [],
            "de_escalation_strategy": "",
            "resolution_method": "",
        },
        "requires_immediate_action": True,
        "status": "open",
        "disposition": "",
        "resolution_note": "",
        "camera": {"id": str(cast.gate3.id), "name": "Gate 3"},
        "site": {"id": str(cast.north.id), "name": "North"},
        "last_event_at": "2026-03-14T12:00:00Z",
        "event_count": 1,
        "acknowledged_by": None,
        "acknowledged_at": None,
        "resolved_by": None,
        "resolved_at": None,
        "version": 1,
        "routing": [{"team": "Security", "why": "covers North", "people": ["Omar"], "alerted": True}],
    }
    assert [(line["kind"], line["actor"]) for line in timeline] == [("opened", None)]
    assert shown_event["clip_url"] == f"/evidence/{event.id}/clip.mp4"
    assert shown_event["peak_image_url"] is None
    assert omar.get(f"{EVENTS}{event.id}/").json() == shown_event


def test_an_event_carries_the_promised_names(cast: Any, omar: Client) -> None:
    event = opened(cast.gate3, sighting(tags=("rapid_movement",), features={"num_people": 1.0}, frame_count=4))
    closed(cast.gate3, event, 6)
    body = omar.get(EVENTS).json()["results"][0]
    assert (body["timestamp"], body["ended_at"], body["status"]) == (
        "2026-03-14T12:00:00Z",
        "2026-03-14T12:00:06Z",
        "ended",
    )
    assert body["tier1_components"] == {
        "pose_analysis": None,
        "audio_analysis": None,
        "scene_analysis": None,
        "fusion": None,
    }
    assert body["details"] == {
        "reason": "Someone moves faster than usual here.",
        "category": "security threat",
        "tags": ["rapid_movement"],
        "peak_score": 0.8,
        "threshold": 0.75,
        "parts": [],
        "features": {"num_people": 1.0},
        "detector": "builtin",
        "preset": "balanced",
    }


def test_an_event_tells_what_each_sense_said(cast: Any, omar: Client) -> None:
    fall = Finding("pose", 0.8, "fall", "medical emergency", 0.9, "Person 3 fell.", details={"kinds": ["fall"]})
    quiet = Finding("audio", details={"level_db": float("-inf")})
    said = fuse(FrameScore(0.2), (fall, quiet), 0.75).components()
    opened(cast.gate3, sighting(components=said))
    told = omar.get(EVENTS).json()["results"][0]["tier1_components"]
    assert told["pose_analysis"] == {
        "score": 0.8,
        "kind": "fall",
        "category": "medical emergency",
        "confidence": 0.9,
        "reason": "Person 3 fell.",
        "parts": [],
        "details": {"kinds": ["fall"]},
    }
    assert told["audio_analysis"]["details"] == {"level_db": None}
    assert told["scene_analysis"] is None
    assert (told["fusion"]["alone"], told["fusion"]["normality"], told["fusion"]["agreement"]) == ("fall", 0.2, 1)


def test_a_list_takes_the_same_queries_however_long(cast: Any, omar: Client) -> None:
    counts = []
    for n in range(2):
        for gate in range(3):
            incident_at(make_camera(cast.north, cast.presets["balanced"], f"Gate {n}{gate}"))
        with CaptureQueriesContext(connection) as captured:
            assert len(omar.get(INCIDENTS).json()["results"]) == 3 * (n + 1)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_pages_go_on_where_they_stopped(cast: Any, omar: Client) -> None:
    for n in range(5):
        opened(cast.gate3, sighting(n * 5.0))
    first = omar.get(EVENTS, {"limit": 2}).json()
    opened(cast.gate3, sighting(60.0))
    second = omar.get(first["next"]).json()
    third = omar.get(second["next"]).json()
    stamps = [event["timestamp"][-4:] for page in (first, second, third) for event in page["results"]]
    assert stamps == [":20Z", ":15Z", ":10Z", ":05Z", ":00Z"]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 2),
        ({"min_score": "0.85"}, 1),
        ({"tag": "crowding"}, 1),
        ({"tag": "none such"}, 0),
        ({"category": "medical emergency"}, 1),
        ({"status": "ended"}, 0),
        ({"timeframe": "24h"}, 1),
        ({"timeframe": "7d"}, 2),
    ],
)
def test_events_are_narrowed(cast: Any, omar: Client, query: dict[str, str], expected: int) -> None:
    opened(cast.gate3, sighting(peak_score=0.9, tags=("crowding",)))
    opened(cast.gate3, sighting(700.0, category="medical emergency"))
    with tenant(cast.acme.id):
        now = timezone.now()
        Event.objects.filter(peak_score=0.9).update(started_at=now - dt.timedelta(hours=30))
        Event.objects.filter(peak_score=0.8).update(started_at=now - dt.timedelta(hours=1))
    assert len(omar.get(EVENTS, query).json()["results"]) == expected


@pytest.mark.parametrize("wrong", ["yesterday", "0h", "400d", "24", "1w"])
@pytest.mark.parametrize("address", [EVENTS, f"{EVENTS}stats/summary/", INCIDENTS])
def test_a_timeframe_that_is_none_is_said(omar: Client, address: str, wrong: str) -> None:
    response = omar.get(address, {"timeframe": wrong})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid")
    assert wrong in response.json()["error"]["fields"]["timeframe"][0]


def test_the_figures(cast: Any, omar: Client) -> None:
    opened(cast.gate3, sighting())
    with tenant(cast.acme.id):
        Event.objects.update(started_at=timezone.now())
    assert omar.get(f"{EVENTS}stats/summary/", {"timeframe": "7d"}).json() == {
        "timeframe": "7d",
        "total": 1,
        "ongoing": 1,
        "mean_score": 0.8,
        "max_score": 0.8,
        "by_category": {"security threat": 1},
        "by_severity": {"2": 1},
        "by_camera": [{"id": str(cast.gate3.id), "name": "Gate 3", "count": 1}],
    }


def test_incidents_are_narrowed(cast: Any, omar: Client) -> None:
    incident_at(cast.gate3)
    incident_at(make_camera(cast.south, cast.presets["balanced"], "Gate 9"), severity=4)

    def numbers(**query: str) -> list[int]:
        return [incident["number"] for incident in omar.get(INCIDENTS, query).json()["results"]]

    assert sorted(numbers()) == [1, 2]
    assert numbers(scope="mine") == [1]
    assert numbers(min_severity="3") == [2]
    assert numbers(site=str(cast.south.id)) == [2]
    assert numbers(status="resolved") == []


def test_taking_and_closing_one(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    address = f"{INCIDENTS}{incident.id}/"
    taken = omar.post(f"{address}acknowledge/").json()
    assert (taken["status"], taken["acknowledged_by"], taken["version"]) == ("acknowledged", "Omar", 2)
    said = omar.post(f"{address}comment/", {"text": "On my way."}, content_type="application/json").json()
    assert said["timeline"][0] | {"at": ""} == {"at": "", "actor": "Omar", "kind": "commented", "text": "On my way."}
    sent = {"disposition": "true alarm", "note": "Escorted out.", "expected_version": 2}
    done = omar.post(f"{address}resolve/", sent, content_type="application/json").json()
    assert (done["status"], done["disposition"], done["resolution_note"]) == ("resolved", "true alarm", "Escorted out.")
    again = omar.post(f"{address}reopen/").json()
    assert (again["status"], again["disposition"]) == ("acknowledged", "")


def test_the_second_operator_gets_a_conflict_with_the_name(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    omar.post(f"{INCIDENTS}{incident.id}/acknowledge/")
    mia = cast.login(Client(), cast.mia)
    response = mia.post(f"{INCIDENTS}{incident.id}/acknowledge/")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "already_taken")
    assert response.json()["error"]["message"].startswith("Omar already acknowledged incident #1 at ")


def test_vera_is_told_why_and_greta_finds_nothing(cast: Any, client: Client) -> None:
    event = opened(cast.gate3, sighting())
    address = f"{INCIDENTS}{event.incident_id}/"
    refused = cast.login(client, cast.vera).post(f"{address}acknowledge/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert client.get(address).status_code == 200
    cast.login(client, cast.greta)
    statuses = [client.post(f"{address}{verb}/").status_code for verb in ("acknowledge", "reopen")]
    statuses += [client.get(address).status_code, client.get(f"{EVENTS}{event.id}/").status_code]
    # What she sent is wrong, too; she is not told so, since for her there is nothing to send it to.
    statuses += [client.post(f"{address}{verb}/").status_code for verb in ("resolve", "comment")]
    assert statuses == [404, 404, 404, 404, 404, 404]
    assert [client.get(listed).json()["results"] for listed in (EVENTS, INCIDENTS)] == [[], []]
    assert client.get(EVENTS, {"camera": str(cast.gate3.id)}).json()["results"] == []
    with tenant(cast.acme.id):
        assert (Incident.objects.get().status, TimelineEntry.objects.count()) == ("open", 1)


@pytest.mark.django_db(transaction=True)
def test_a_repeated_key_writes_once(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    address = f"{INCIDENTS}{incident.id}/comment/"

    def say(text: str, key: str = "k-1", who: Client = omar) -> Any:
        sent = {"text": text}
        return who.post(address, sent, content_type="application/json", headers={"idempotency-key": key})

    first, second = say("One."), say("One.")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert (first.headers.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    other = say("Two.")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    assert say("One.", key="k-2").status_code == 200
    assert say("One.", who=cast.login(Client(), cast.mia)).headers.get("Idempotency-Replayed") is None
    with tenant(cast.acme.id):
        assert TimelineEntry.objects.filter(kind="commented").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_failed_write_does_not_use_its_key_up(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    address = f"{INCIDENTS}{incident.id}/comment/"
    for text, status in (("", 400), ("One.", 200)):
        sent = {"text": text}
        response = omar.post(address, sent, content_type="application/json", headers={"idempotency-key": "k-3"})
        assert response.status_code == status


def test_a_key_cannot_be_used_while_its_first_write_runs(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    # Inside a test's own transaction nothing commits, so the first write is still running for the second.
    for status in (200, 409):
        response = omar.post(f"{INCIDENTS}{incident.id}/acknowledge/", headers={"idempotency-key": "k-4"})
        assert response.status_code == status
    assert response.json()["error"]["code"] == "in_progress"


def test_without_redis_a_keyed_write_is_refused(cast: Any, omar: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise RedisConnectionError("Connection refused.")

    incident = incident_at(cast.gate3)
    monkeypatch.setattr(cache, "add", away)
    response = omar.post(f"{INCIDENTS}{incident.id}/acknowledge/", headers={"idempotency-key": "k-5"})
    assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
    with tenant(cast.acme.id):
        assert Incident.objects.get().status == "open"


@pytest.mark.parametrize("address", ["/api/v1/nothing/", f"{INCIDENTS}12/", "/api/v2/"])
def test_an_address_that_nobody_serves_is_answered_in_the_envelope(omar: Client, address: str) -> None:
    answer = omar.get(address)
    message = "There is no such address. /api/docs/ lists them."
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": {"code": "not_found", "message": message, "fields": {}}},
    )


def test_a_fault_of_ours_is_answered_in_the_envelope(
    cast: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret details")

    cast.login(client, cast.omar)
    client.raise_request_exception = False
    monkeypatch.setattr("incidents.selectors.event_stats", broken)
    answer = client.get(f"{EVENTS}stats/summary/")
    message = "The server could not answer, and nothing was changed. The reason is in its log."
    assert (answer.status_code, answer.json()) == (
        500,
        {"error": {"code": "server_error", "message": message, "fields": {}}},
    )
