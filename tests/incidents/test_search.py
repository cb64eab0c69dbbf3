"""Past events are found by words and by likeness, in one organization, by one model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from detection.models import ModelStore
from detection.scene.text import SceneText
from incidents.models import EMBEDDING_SIZE, Event, EventEmbedding
from incidents.search import NoSceneModel, Within, events_like, search_words, similar_events
from incidents.services.embeddings import event_embedding_put
from tests.cast import make_camera
from tests.detection.scene.random_clip import make_clip
from tests.incidents.sightings import after, opened, sighting

pytestmark = pytest.mark.django_db

MODEL = "clip-test"


def direction(*values: float) -> list[float]:
    """Return a unit vector that begins with these values."""
    vector = np.zeros(EMBEDDING_SIZE)
    vector[: len(values)] = values
    return [float(value) for value in vector / np.linalg.norm(vector)]


def seen(camera: Any, at_s: float, *values: float, model: str = MODEL) -> Event:
    """Open an event that shows something in this direction."""
    event = opened(camera, sighting(at_s))
    with tenant(camera.organization_id):
        event_embedding_put(
            organization_id=camera.organization_id,
            event_id=event.id,
            model=model,
            vector=direction(*values),
            at=after(at_s),
        )
    return event


def like(cast: Any, person: Any, *values: float, **narrowed: Any) -> list[Event]:
    with tenant(person.actor.organization_id):
        return [each.event for each in events_like(person.actor, direction(*values), MODEL, **narrowed)]


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A models folder of this test alone."""
    settings.VEDETTE_MODELS = tmp_path / "models"
    settings.VEDETTE_MODELS.mkdir()
    yield settings.VEDETTE_MODELS


def install(home: Path, seed: int = 1) -> SceneText:
    store, made = ModelStore(home), home.parent / f"clip{seed}"
    made.mkdir()
    make_clip(made, seed=seed)
    store.add("clip-vit-b32", made)
    return SceneText.open(store.path("clip-vit-b32"))


def test_what_is_most_alike_comes_first(cast: Any) -> None:
    far, near, middle = seen(cast.gate3, 0, 0, 1), seen(cast.gate3, 100, 1, 0.1), seen(cast.gate3, 200, 1, 1)
    assert like(cast, cast.omar, 1) == [near, middle, far]
    assert like(cast, cast.omar, 1, limit=1) == [near]
    with tenant(cast.acme.id):
        first = events_like(cast.omar.actor, direction(1, 0.1), MODEL)[0]
    assert first.similarity == pytest.approx(1.0, abs=1e-6)


def test_a_search_is_narrowed_to_a_camera_a_site_or_a_time(cast: Any) -> None:
    south = make_camera(cast.south, cast.presets["balanced"], "Gate 9")
    here, there = seen(cast.gate3, 0, 1), seen(south, 100, 1)
    assert like(cast, cast.omar, 1, within=Within(camera=south.id)) == [there]
    assert like(cast, cast.omar, 1, within=Within(site=cast.north.id)) == [here]
    assert like(cast, cast.omar, 1, within=Within(since=after(50))) == [there]
    assert like(cast, cast.omar, 1, within=Within(camera=uuid4())) == []


def test_directions_of_another_model_are_not_compared(cast: Any) -> None:
    mine = seen(cast.gate3, 0, 1)
    seen(cast.gate3, 100, 1, model="clip-other")
    assert like(cast, cast.omar, 1) == [mine]


def test_a_stranger_finds_nothing_and_sees_no_row(cast: Any) -> None:
    event = seen(cast.gate3, 0, 1)
    assert like(cast, cast.greta, 1) == []
    with tenant(cast.globex.id):
        with pytest.raises(Http404):
            similar_events(cast.greta.actor, event.id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM incidents_eventembedding")
            assert cursor.fetchone() == (0,)
    with tenant(cast.acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM incidents_eventembedding")
        assert cursor.fetchone() == (1,)


def test_another_organization_s_many_events_hide_none_of_ours(cast: Any) -> None:
    # More than the index looks at by itself, and all nearer.
    other = opened(cast.globex_camera, sighting(0))
    with tenant(cast.globex.id):
        facts = {"organization_id": cast.globex.id, "model": MODEL, "at": after(0)}
        ids = [other.id]
        for _ in range(120):
            copy = Event.objects.get(id=other.id)
            copy.id = uuid4()
            copy.save(force_insert=True)
            ids.append(copy.id)
        rng = np.random.default_rng(1)
        EventEmbedding.objects.bulk_create(
            EventEmbedding(event_id=id, vector=direction(1, *(rng.normal(0, 0.001, 8))), **facts) for id in ids
        )
    mine = [seen(cast.gate3, 100.0 * n, 1, n + 1) for n in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert like(cast, cast.omar, 1) == mine


def test_similar_events_leave_the_event_itself_out(cast: Any) -> None:
    first, second = seen(cast.gate3, 0, 1, 0.2), seen(cast.gate3, 100, 1, 0.1)
    bare = opened(cast.gate3, sighting(200))
    with tenant(cast.acme.id):
        event, found = similar_events(cast.omar.actor, first.id)
        assert (event, [each.event for each in found]) == (first, [second])
        assert similar_events(cast.omar.actor, bare.id) == (bare, [])


def test_a_search_takes_three_queries_however_much_it_finds(cast: Any) -> None:
    counts = []
    for n in range(2):
        for each in range(4):
            seen(cast.gate3, 1000.0 * n + 100 * each, 1, each)
        with tenant(cast.acme.id), CaptureQueriesContext(connection) as captured:
            found = events_like(cast.omar.actor, direction(1), MODEL)
            assert [each.event.camera.site.name for each in found] == ["North"] * 4 * (n + 1)
            assert {each.event.incident.number for each in found} != set()
        counts.append(len([q for q in captured.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert counts == [3, 3]


def test_a_later_direction_takes_the_place_of_an_earlier_one(cast: Any) -> None:
    event = seen(cast.gate3, 0, 1)
    with tenant(cast.acme.id):
        common = {"organization_id": cast.acme.id, "model": MODEL, "at": after(1)}
        event_embedding_put(event_id=event.id, vector=direction(0, 1), **common)
        assert EventEmbedding.objects.count() == 1
        assert events_like(cast.omar.actor, direction(0, 1), MODEL)[0].similarity == pytest.approx(1.0, abs=1e-6)
        assert event_embedding_put(event_id=uuid4(), vector=direction(1), **common) is None


@pytest.mark.parametrize(
    "vector", [[1.0], [0.0] * EMBEDDING_SIZE, [float("nan")] * EMBEDDING_SIZE, [1.0] * EMBEDDING_SIZE]
)
def test_a_vector_that_cannot_be_compared_is_refused(cast: Any, vector: list[float]) -> None:
    event = opened(cast.gate3, sighting(0))
    with tenant(cast.acme.id), pytest.raises(ValueError, match="unit length"):
        event_embedding_put(organization_id=cast.acme.id, event_id=event.id, model=MODEL, vector=vector, at=after(0))


def test_words_find_the_picture_that_they_describe(cast: Any, home: Path) -> None:
    text = install(home)
    words = ("a red car", "smoke in a room", "a crowd of people")
    events = {}
    for n, sentence in enumerate(words):
        events[sentence] = opened(cast.gate3, sighting(100.0 * n))
        with tenant(cast.acme.id):
            event_embedding_put(
                organization_id=cast.acme.id,
                event_id=events[sentence].id,
                model=text.version,
                vector=text.read([sentence])[0].tolist(),
                at=after(0),
            )
    with tenant(cast.acme.id):
        for sentence in words:
            found = search_words(cast.omar.actor, f"  {sentence} ")
            assert (found[0].event, len(found)) == (events[sentence], 3)
            assert found[0].similarity == pytest.approx(1.0, abs=1e-5)


def test_another_model_in_the_folder_is_taken_up(cast: Any, home: Path) -> None:
    install(home)
    seen(cast.gate3, 0, 1)
    with tenant(cast.acme.id):
        assert search_words(cast.omar.actor, "fire") == []
        version = install(home, seed=2).version
        seen(cast.gate3, 100, 1, model=version)
        assert len(search_words(cast.omar.actor, "fire")) == 1


def test_a_missing_and_a_broken_model_say_what_to_do(cast: Any, home: Path) -> None:
    with tenant(cast.acme.id):
        with pytest.raises(NoSceneModel, match="models pull clip-vit-b32"):
            search_words(cast.omar.actor, "fire")
        install(home)
        (home / "clip-vit-b32" / "text_model.onnx").write_bytes(b"cut off")
        with pytest.raises(NoSceneModel, match=r"text_model\.onnx"):
            search_words(cast.omar.actor, "fire")


@pytest.mark.parametrize(("words", "sentence"), [("  ", "Write what the picture shows"), ("x" * 201, "201 letters")])
def test_no_words_and_too_many_are_refused(cast: Any, words: str, sentence: str) -> None:
    with tenant(cast.acme.id), pytest.raises(ValidationError, match=sentence):
        search_words(cast.omar.actor, words)


def test_the_api_finds_by_words_and_by_likeness(cast: Any, client: Client, home: Path) -> None:
    omar = cast.login(client, cast.omar)
    missing = omar.get("/api/v1/events/search/?q=fire")
    assert missing.status_code == 409
    assert "models pull clip-vit-b32" in missing.content.decode()
    version = install(home).version
    first, second = seen(cast.gate3, 0, 1, model=version), seen(cast.gate3, 100, 1, 0.5, model=version)
    found = omar.get(f"/api/v1/events/{first.id}/similar/").json()["results"]
    assert [(each["event"]["id"], round(each["similarity"], 3)) for each in found] == [(str(second.id), 0.894)]
    assert len(omar.get("/api/v1/events/search/?q=fire&limit=1").json()["results"]) == 1
    for query, status in (("q=", 400), ("q=fire&limit=0", 400), ("q=fire&camera=x", 400), ("q=fire&timeframe=x", 400)):
        assert omar.get(f"/api/v1/events/search/?{query}").status_code == status
    greta = cast.login(Client(), cast.greta)
    assert greta.get(f"/api/v1/events/{first.id}/similar/").status_code == 404
    assert greta.get("/api/v1/events/search/?q=fire").json() == {"results": []}


def test_the_page_says_what_is_missing_and_shows_what_it_finds(cast: Any, client: Client, home: Path) -> None:
    omar = cast.login(client, cast.omar)
    page = omar.get("/search/").content.decode()
    assert "a person lying on the ground" in page
    assert "Nothing to find yet" in page
    assert "models pull clip-vit-b32" in omar.get("/search/?q=fire").content.decode()
    version = install(home).version
    first, second = seen(cast.gate3, 0, 1, model=version), seen(cast.gate3, 100, 1, 0.5, model=version)
    found = omar.get("/search/?q=fire").content.decode()
    assert "2 events, the most alike first." in found
    likened = omar.get(f"/search/?like={first.id}").content.decode()
    assert "Like this one" in likened
    assert f"?like={second.id}" in likened
    assert f"?like={first.id}" not in likened
    assert "No event was found" in omar.get("/search/?q=fire&since=24h").content.decode()
    assert omar.get("/search/?q=" + "x" * 201).status_code == 422
    assert cast.login(Client(), cast.greta).get(f"/search/?like={first.id}").status_code == 404
