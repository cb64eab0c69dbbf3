"""What a person sees of the queue, in few queries, and what a stranger does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404

from accounts.tenancy import tenant
from incidents import selectors
from incidents.models import Incident
from incidents.services.incidents import incident_acknowledge, incident_resolve
from tests.cast import make_camera
from tests.incidents.sightings import after, closed, incident_at, opened, sighting


@pytest.fixture
def shift(cast: Any) -> dict[str, Incident]:
    """Three at North (one of them taken, one resolved), one at South; the one at South is the most severe."""
    found = {
        "runner": incident_at(cast.gate3, 0, reason="Someone runs."),
        "fall": incident_at(make_camera(cast.north, cast.presets["balanced"], "Gate 4"), 10, severity=4),
        "taken": incident_at(make_camera(cast.north, cast.presets["balanced"], "Gate 5"), 20, severity=5),
        "done": incident_at(make_camera(cast.north, cast.presets["balanced"], "Gate 6"), 30),
        "south": incident_at(make_camera(cast.south, cast.presets["balanced"], "Gate 9"), 40, severity=5),
    }
    with tenant(cast.acme.id):
        incident_acknowledge(actor=cast.omar.actor, incident_id=found["taken"].id, at=after(50))
        incident_resolve(actor=cast.omar.actor, incident_id=found["done"].id, disposition="test", at=after(50))
    return found


def names(shift: dict[str, Incident], found: list[Incident]) -> list[str]:
    of = {incident.id: name for name, incident in shift.items()}
    return [of[incident.id] for incident in found]


def test_the_queue_is_in_the_order_of_work(cast: Any, shift: dict[str, Incident]) -> None:
    with tenant(cast.acme.id):
        found = selectors.queue(cast.omar.actor)
        assert names(shift, found) == ["south", "fall", "runner", "taken"]
        assert [incident.alert for incident in found] == [False, True, True, True]
        assert selectors.queue_counts(cast.omar.actor) == {"open": 3, "acknowledged": 1, "mine": 2}
        assert selectors.queue_counts(cast.mia.actor) == {"open": 3, "acknowledged": 1, "mine": 1}


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"scope": "mine"}, ["fall", "runner", "taken"]),
        ({"status": ["resolved"]}, ["done"]),
        ({"severity": 5}, ["south", "taken"]),
        ({"q": "gate 4"}, ["fall"]),
        ({"q": "#1"}, ["runner"]),
        ({"q": "runs"}, ["runner"]),
        ({"q": "south"}, ["south"]),
        ({"q": "99999999999999999999"}, []),
        ({"limit": 2}, ["south", "fall"]),
    ],
)
def test_the_queue_is_narrowed(
    cast: Any, shift: dict[str, Incident], narrowed: dict[str, Any], expected: list[str]
) -> None:
    with tenant(cast.acme.id):
        assert names(shift, selectors.queue(cast.omar.actor, **narrowed)) == expected


def test_the_queue_of_a_site_or_a_team(cast: Any, shift: dict[str, Incident]) -> None:
    with tenant(cast.acme.id):
        assert names(shift, selectors.queue(cast.omar.actor, site=cast.south.id)) == ["south"]
        assert names(shift, selectors.queue(cast.olga.actor, team=cast.security.id)) == ["fall", "runner", "taken"]


def test_the_queue_takes_the_same_queries_however_long(
    cast: Any, django_assert_num_queries: Any, shift: dict[str, Incident]
) -> None:
    def show() -> None:
        for incident in selectors.queue(cast.omar.actor):
            _ = [incident.site.name, incident.camera.name, incident.acknowledged_by, incident.alert]
            _ = [(event.peak_image, event.peak_score) for event in incident.pictures]

    for more in range(2):
        with tenant(cast.acme.id), django_assert_num_queries(2):
            show()
        incident_at(make_camera(cast.north, cast.presets["balanced"], f"Gate 2{more}"), 60)


def test_one_incident_with_all_it_has(cast: Any, django_assert_num_queries: Any) -> None:
    event = opened(cast.gate3, sighting(0))
    closed(cast.gate3, event, 8)
    opened(cast.gate3, sighting(10))
    with tenant(cast.acme.id), django_assert_num_queries(3):
        incident = selectors.incident_get(cast.omar.actor, event.incident_id)
        assert [e.started_at for e in incident.events.all()] == [after(0), after(10)]
        assert [line.kind for line in incident.timeline.all()] == ["event.opened", "event.closed", "opened"]
        assert incident.routing[0]["why"] == "covers North"


def test_greta_finds_nothing_in_either_scope(cast: Any, shift: dict[str, Incident]) -> None:
    with tenant(cast.acme.id):
        event_id = selectors.events_of(cast.omar.actor)[0].id
    for organization in (cast.globex, cast.acme):
        with tenant(organization.id):
            assert selectors.queue(cast.greta.actor) == []
            assert selectors.queue_counts(cast.greta.actor) == {"open": 0, "acknowledged": 0, "mine": 0}
            assert selectors.event_stats(cast.greta.actor, since=after(-9))["total"] == 0
            assert selectors.outbox_position(cast.greta.actor) == 0
            with pytest.raises(Http404):
                selectors.incident_get(cast.greta.actor, shift["runner"].id)
            with pytest.raises(Http404):
                selectors.event_get(cast.greta.actor, event_id)


def test_the_figures_of_a_time(cast: Any, django_assert_max_num_queries: Any) -> None:
    first = opened(cast.gate3, sighting(0, peak_score=0.8))
    closed(cast.gate3, first, 5)
    opened(cast.gate3, sighting(10, peak_score=0.9, severity=4, category="medical emergency"))
    with tenant(cast.acme.id), django_assert_max_num_queries(4):
        stats = selectors.event_stats(cast.omar.actor, since=after(-1))
    assert stats["mean_score"] == pytest.approx(0.85)
    assert {**stats, "mean_score": None} == {
        "total": 2,
        "ongoing": 1,
        "mean_score": None,
        "max_score": 0.9,
        "by_category": {"medical emergency": 1, "security threat": 1},
        "by_severity": {2: 1, 4: 1},
        "by_camera": [{"id": str(cast.gate3.id), "name": "Gate 3", "count": 2}],
    }
    with tenant(cast.acme.id):
        assert selectors.event_stats(cast.omar.actor, since=after(5))["total"] == 1
