"""Past events are found by words and by likeness, in one organization, by one model."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from detection.models import ModelStore
from detection.scene.text import SceneText
from incidents.models import EMBEDDING_SIZE, Event, EventEmbedding
from incidents.scene_words import words_vector
from incidents.search import NoSceneModel, Within, events_like, search_words, similar_events
from incidents.services.embeddings import event_embedding_put
from tests.cast import make_camera
from tests.detection.scene.random_clip import make_clip
from tests.incidents.likeness import MODEL, direction, install, seen
from tests.incidents.sightings import after, opened, sighting

pytestmark = pytest.mark.django_db


def like(cast: Any, person: Any, *values: float, **narrowed: Any) -> list[Event]:
    with tenant(person.actor.organization_id):
        return [each.event for each in events_like(person.actor, direction(*values), MODEL, **narrowed)]


def test_what_is_most_alike_comes_first(cast: Any) -> None:
    far, near, middle = seen(cast.gate3, 0, 0, 1), seen(cast.gate3, 100, 1, 0.1), seen(cast.gate3, 200, 1, 1)
    assert like(cast, cast.omar, 1) == [near, middle, far]
    assert like(cast, cast.omar, 1, limit=2) == [near, middle]
    assert like(cast, cast.omar, 0, 1, but=far.id) == [middle, near]
    with tenant(cast.acme.id):
        first = events_like(cast.omar.actor, direction(1, 0.1), MODEL)[0]
    assert first.similarity == pytest.approx(1.0, abs=1e-6)


def test_at_most_fifty_are_found(cast: Any) -> None:
    for n in range(51):
        seen(cast.gate3, n, 1, n)
    assert (len(like(cast, cast.omar, 1, limit=500)), len(like(cast, cast.omar, 1, limit=0))) == (50, 1)


def test_a_search_is_narrowed_to_a_camera_a_site_a_category_or_a_time(cast: Any) -> None:
    south = make_camera(cast.south, cast.presets["balanced"], "Gate 9")
    here, there = seen(cast.gate3, 0, 1), seen(south, 100, 1, category="medical emergency")
    assert like(cast, cast.omar, 1, within=Within(camera=south.id)) == [there]
    assert like(cast, cast.omar, 1, within=Within(site=cast.north.id)) == [here]
    assert like(cast, cast.omar, 1, within=Within(category="medical emergency")) == [there]
    assert like(cast, cast.omar, 1, within=Within(since=after(50))) == [there]
    assert like(cast, cast.omar, 1, within=Within(since=after(100))) == [there]
    assert like(cast, cast.omar, 1, within=Within(until=after(100))) == [here]
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
        cursor.execute("SET LOCAL hnsw.max_scan_tuples = 50")
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


def test_another_text_half_alone_is_taken_up(cast: Any, home: Path) -> None:
    first = install(home)
    with tenant(cast.acme.id):
        search_words(cast.omar.actor, "fire")
        other = home.parent / "other"
        make_clip(other, seed=2)
        for name in ("vision_model.onnx", "tokenizer.json"):
            (other / name).write_bytes((home / "clip-vit-b32" / name).read_bytes())
        ModelStore(home).add("clip-vit-b32", other)
        second = SceneText.open(home / "clip-vit-b32")
        assert second.version != first.version
        assert words_vector("fire") == (second.version, second.read(["fire"])[0].tolist())


def test_words_are_read_once_and_the_last_two_hundred_are_remembered(
    cast: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home)
    read: list[str] = []
    whole = SceneText.read

    def reads(text: SceneText, sentences: Sequence[str]) -> Any:
        read.extend(sentences)
        return whole(text, sentences)

    words_vector("a picture")
    monkeypatch.setattr(SceneText, "read", reads)
    for n in (*range(200), 0, 199, 200, 0, 1):
        words_vector(f"word{n}")
    assert read == [*(f"word{n}" for n in range(201)), "word1"]


def test_many_threads_open_one_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = install(home).version
    opened_by: list[Path] = []
    whole = SceneText.open

    def opens(folder: Path) -> SceneText:
        opened_by.append(folder)
        return whole(folder)

    monkeypatch.setattr(SceneText, "open", opens)
    with ThreadPoolExecutor(4) as threads:
        read = list(threads.map(words_vector, ["fire", "smoke"] * 8))
    assert opened_by == [home / "clip-vit-b32"]
    assert {model for model, _ in read} == {version}
    assert read[::2] == [read[0]] * 8


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
