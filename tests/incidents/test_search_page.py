"""The search over REST and on its page: what is found, what is missing, what makes no sense."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from incidents.models import Event
from incidents.services.embeddings import event_embedding_put
from tests.cast import make_camera
from tests.incidents.likeness import direction, install, seen
from tests.incidents.sightings import after, opened, sighting

pytestmark = pytest.mark.django_db

SEARCH = "/api/v1/events/search/"


@pytest.fixture
def omar(cast: Any, client: Client) -> Client:
    logged_in: Client = cast.login(client, cast.omar)
    return logged_in


def shown(client: Client, query: str = "", status: int = 200) -> str:
    """Return the page's own words, without its marks."""
    response = client.get(f"/search/{query}")
    assert response.status_code == status
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def order(client: Client, query: str) -> list[str]:
    """Return the events that the page's cards lead to, in their order."""
    cards = client.get(f"/search/{query}").content.decode().split('id="results"', 1)[1]
    return re.findall(r'\?like=([0-9a-f-]{36})"', cards)


def test_each_result_is_the_event_and_how_alike_it_is(cast: Any, omar: Client) -> None:
    first, far, second = (seen(cast.gate3, 100.0 * n, *at) for n, at in enumerate([(1,), (-1,), (1, 0.5)]))
    results = omar.get(f"/api/v1/events/{first.id}/similar/").json()["results"]
    likeness = [each.pop("similarity") for each in results]
    assert likeness == [pytest.approx(0.8944, abs=1e-4), 0.0]
    assert results == [omar.get(f"/api/v1/events/{event.id}/").json() for event in (second, far)]


def test_the_api_finds_by_words(cast: Any, omar: Client, home: Path) -> None:
    text = install(home)
    south = make_camera(cast.south, cast.presets["balanced"], "Gate 9")
    smoke = opened(cast.gate3, sighting(0))
    car = opened(south, sighting(100, category="vehicle incident"))
    with tenant(cast.acme.id):
        for event, words in ((smoke, "thick smoke"), (car, "a crowd")):
            vector = text.read([words])[0].tolist()
            event_embedding_put(
                organization_id=cast.acme.id, event_id=event.id, model=text.version, vector=vector, at=after(0)
            )

    def found(**query: Any) -> list[str]:
        return [each["id"] for each in omar.get(SEARCH, {"q": "thick smoke", **query}).json()["results"]]

    both = [str(smoke.id), str(car.id)]
    assert found() == both
    assert found(q="a crowd") == both[::-1]
    assert found(limit=1) == both[:1]
    assert found(camera=south.id, limit="") == both[1:]
    assert found(site=cast.north.id) == both[:1]
    assert found(category="vehicle incident") == both[1:]
    assert found(until=after(100).isoformat()) == both[:1]
    assert found(timeframe="24h") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("q", ""),
        ("q", "x" * 201),
        ("limit", "0"),
        ("limit", "51"),
        ("limit", "9" * 5000),
        ("camera", "x"),
        ("site", "x"),
        ("category", "cats"),
        ("timeframe", "x"),
        ("until", "yesterday"),
    ],
)
def test_what_makes_no_sense_is_said_by_its_name(omar: Client, home: Path, field: str, value: str) -> None:
    response = omar.get(SEARCH, {"q": "fire", field: value})
    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == [field]


def test_the_api_says_that_the_model_is_missing(omar: Client, home: Path) -> None:
    response = omar.get(SEARCH, {"q": "fire"})
    message = "The model clip-vit-b32 is not installed. Get it with: manage.py models pull clip-vit-b32"
    assert response.status_code == 409
    assert response.json() == {"error": {"code": "conflict", "message": message, "fields": {}}}


def test_a_stranger_finds_nothing(cast: Any, client: Client, home: Path) -> None:
    event = seen(cast.gate3, 0, 1, model=install(home).version)
    greta = cast.login(client, cast.greta)
    assert greta.get(SEARCH, {"q": "fire"}).json() == {"results": []}
    assert greta.get(f"/api/v1/events/{event.id}/similar/").status_code == 404
    assert greta.get(f"/search/?like={event.id}").status_code == 404
    assert "Nothing to find yet" in shown(greta, "?q=fire")


def test_before_a_search_the_page_offers_examples(cast: Any, omar: Client, home: Path) -> None:
    seen(cast.gate3, 0, 1, model=install(home).version)
    page = omar.get("/search/").content.decode()
    assert '<a class="chip" href="/search/?q=a%20person%20lying%20on%20the%20ground">' in page
    assert page.count('class="chip"') == 5
    assert shown(omar, "?q=%20%20") == shown(omar)


def test_the_page_says_what_is_missing_and_who_can_help(cast: Any, omar: Client, home: Path) -> None:
    for query in ("", "?q=fire"):
        words = shown(omar, query)
        assert "Get it with: manage.py models pull clip-vit-b32" in words
        assert "Whoever looks after this installation" in words
    mia = cast.login(Client(), cast.mia)
    assert '<a class="button" href="/models/">' in mia.get("/search/").content.decode()
    (home / "clip-vit-b32").mkdir()
    (home / "clip-vit-b32" / "vision_model.onnx").write_bytes(b"")
    assert "lacks text_model.onnx, tokenizer.json" in shown(omar, "?q=fire")


def test_a_broken_model_says_so_and_similar_events_are_found_without_it(cast: Any, omar: Client, home: Path) -> None:
    version = install(home).version
    event, other = seen(cast.gate3, 0, 1, model=version), seen(cast.gate3, 100, 1, model=version)
    (home / "clip-vit-b32" / "text_model.onnx").write_bytes(b"cut off")
    assert "text_model.onnx was changed since it was installed" in shown(omar, "?q=fire")
    assert order(omar, f"?like={event.id}") == [str(other.id)]


def test_the_page_says_that_there_is_nothing_to_find(cast: Any, omar: Client, home: Path) -> None:
    install(home)
    for query in ("", "?q=fire"):
        assert "Nothing to find yet" in shown(omar, query)
    event = seen(cast.gate3, 0, 1, model="clip-other")
    assert "was read by another model" in shown(omar, "?q=fire")
    assert "No other event was kept that could be compared" in shown(omar, f"?like={event.id}")


def test_the_page_shows_what_it_finds(cast: Any, omar: Client, home: Path) -> None:
    version = install(home).version
    south = make_camera(cast.south, cast.presets["balanced"], "Gate 9")
    first = seen(cast.gate3, 0, 1, model=version, severity=3)
    second = seen(south, 100, 1, 0.1, model=version)
    third = seen(cast.gate3, 200, 1, 1, model=version)
    words = shown(omar, "?q=fire")
    assert "3 events, the most alike first." in words
    assert "Gate 3 · North · 14 Mar 2026 13:00" in words
    assert "HIGH" in words
    assert "#1 · Security threat" in words
    assert order(omar, f"?like={first.id}") == [str(second.id), str(third.id)]
    assert order(omar, f"?like={first.id}&camera={cast.gate3.id}") == [str(third.id)]
    assert order(omar, f"?like={first.id}&site={cast.south.id}") == [str(second.id)]
    assert shown(omar, f"?like={first.id}").count("Very alike") == 1
    for narrowed in ("since=24h", "category=fire%20hazard"):
        assert "No event was found here. Choose another" in shown(omar, f"?q=fire&{narrowed}")
        assert "No other event that could be compared" in shown(omar, f"?like={first.id}&{narrowed}")
    assert "These are 201 letters; at most 200 are read." in shown(omar, "?q=" + "x" * 201, status=422)


def test_the_bar_carries_along_what_was_searched_for(cast: Any, omar: Client, home: Path) -> None:
    event = seen(cast.gate3, 0, 1, model=install(home).version)
    page = omar.get(f"/search/?like={event.id}&camera={cast.gate3.id}&since=7d&category=cats").content.decode()
    bar = page.split('id="find"', 1)[1].split("</form>")[0]
    hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', bar)
    assert hidden == [("like", str(event.id)), ("camera", str(cast.gate3.id)), ("since", "7d")]


def test_a_page_takes_the_same_queries_however_much_it_shows(cast: Any, omar: Client, home: Path) -> None:
    version = install(home).version
    counts = []
    for n in range(2):
        for each in range(4):
            seen(cast.gate3, 1000.0 * n + each, 1, each, model=version)
        counts.append([])
        for address in ("/search/?q=fire", f"{SEARCH}?q=fire"):
            with CaptureQueriesContext(connection) as captured:
                assert omar.get(address).status_code == 200
            counts[-1].append(len(captured))
    assert counts[0] == counts[1]


def test_an_incident_leads_to_similar_events_once_its_picture_was_kept(cast: Any, omar: Client) -> None:
    event = opened(cast.gate3, sighting(0))
    link = f'href="/search/?like={event.id}"'
    assert link not in omar.get(f"/incidents/{event.incident_id}/").content.decode()
    with tenant(cast.acme.id):
        facts = {"organization_id": cast.acme.id, "event_id": event.id, "model": "clip-test", "at": after(1)}
        event_embedding_put(vector=direction(1), **facts)
        assert Event.objects.count() == 1
    assert link in omar.get(f"/incidents/{event.incident_id}/").content.decode()
