"""The console's pages and panels, without a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from cameras.models import CameraState
from incidents.models import Incident, OutboxEntry
from tests.cast import make_camera
from tests.incidents.sightings import NOON, incident_at

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def omar(cast: Any) -> Client:
    return cast.login(Client(), cast.omar)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_more_incidents_cost_no_more_queries(cast: Any, omar: Client) -> None:
    incident_at(cast.gate3)
    few = queries_of(omar, reverse("console"))
    for index in range(5):
        incident_at(make_camera(cast.north, cast.presets["balanced"], f"Gate {index + 10}"))
    assert queries_of(omar, reverse("console")) == few


def test_an_empty_queue_says_how_many_are_watching(cast: Any, omar: Client) -> None:
    with tenant(cast.acme.id):
        CameraState.objects.create(
            organization_id=cast.acme.id, camera=cast.gate3, status="online", since=NOON, reported_at=NOON
        )
    assert "1 camera is watching." in omar.get(reverse("console")).content.decode()


def test_people_without_a_team_see_every_site(cast: Any) -> None:
    incident_at(cast.gate3)
    page = cast.login(Client(), cast.mia).get(reverse("console"))
    assert [card.camera.name for card in page.context["cards"]] == ["Gate 3"]


def test_a_refusal_answers_409_with_the_incident_as_it_is(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    address = reverse("incident-acknowledge", args=[incident.id])
    taken = cast.login(Client(), cast.mia).post(address)
    assert (taken.status_code, taken.url) == (302, reverse("incident", args=[incident.id]))
    refused = omar.post(address, {"open": str(incident.id)}, headers=HTMX)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Mia took it 0:0" in page
    assert 'id="actions" hx-swap-oob="true"' in page
    with tenant(cast.acme.id):
        assert Incident.objects.get(id=incident.id).acknowledged_by == cast.mia.user


def test_an_answer_leaves_the_panels_of_another_incident_alone(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    answer = omar.post(reverse("incident-acknowledge", args=[incident.id]), {"open": "another"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'id="actions"' not in answer.content.decode()
    assert f'id="card-{incident.id}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "values", "status"),
    [
        ("incident-resolve", {"disposition": "whatever"}, 422),
        ("incident-comment", {"text": "  "}, 422),
        ("incident-reopen", {}, 409),
    ],
)
def test_what_makes_no_sense_writes_nothing(
    cast: Any, omar: Client, name: str, values: dict[str, str], status: int
) -> None:
    incident = incident_at(cast.gate3)
    assert omar.post(reverse(name, args=[incident.id]), values, headers=HTMX).status_code == status
    with tenant(cast.acme.id):
        assert Incident.objects.get(id=incident.id).status == "open"
        assert OutboxEntry.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["site=nonsense", "status=nonsense", "q=%23999999999999", "scope=nonsense", "event=1"]
)
def test_an_address_that_makes_no_sense_shows_the_console(omar: Client, query: str) -> None:
    assert omar.get(f"{reverse('console')}?{query}").status_code == 200


def test_a_search_finds_by_number(cast: Any, omar: Client) -> None:
    incident = incident_at(cast.gate3)
    found = omar.get(reverse("console"), {"q": f"#{incident.number}"})
    assert [card.id for card in found.context["cards"]] == [incident.id]
    assert list(omar.get(reverse("console"), {"q": "#4711"}).context["cards"]) == []
