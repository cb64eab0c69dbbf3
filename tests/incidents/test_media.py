"""Evidence is served in parts, to those who may see it, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import token_create
from accounts.tenancy import tenant
from incidents.models import Event
from tests.incidents.sightings import opened, sighting

CLIP = bytes(range(256)) * 3000


@pytest.fixture
def clip_url(cast: Any, settings: Any, tmp_path: Any) -> Iterator[str]:
    """The address of a stored clip of 768 000 bytes: more than one chunk."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "evidence", "base_url": None}},
    }
    name = default_storage.save("a/clip.mp4", ContentFile(CLIP))
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    yield reverse("event-clip", args=[event_with(cast, name).id])


def event_with(cast: Any, clip: str) -> Event:
    event = opened(cast.gate3, sighting())
    with tenant(cast.acme.id):
        Event.objects.filter(id=event.id).update(clip=clip)
    return event


def test_the_whole_clip(cast: Any, client: Client, clip_url: str) -> None:
    response = cast.login(client, cast.vera).get(clip_url)
    assert (response.status_code, response["Content-Type"]) == (200, "video/mp4")
    assert (response["Accept-Ranges"], response["Content-Length"]) == ("bytes", "768000")
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"] == 'inline; filename="incident-1.mp4"'
    assert response.getvalue() == CLIP


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [("bytes=0-", 0, 767999), ("bytes=1000-300999", 1000, 300999), ("bytes=-1", 767999, 767999)],
)
def test_a_part_of_it(cast: Any, client: Client, clip_url: str, header: str, first: int, last: int) -> None:
    response = cast.login(client, cast.omar).get(clip_url, headers={"range": header})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/768000"
    assert response["Content-Length"] == str(last - first + 1)
    assert response.getvalue() == CLIP[first : last + 1]


def test_a_part_that_is_not_there(cast: Any, client: Client, clip_url: str) -> None:
    response = cast.login(client, cast.omar).get(clip_url, headers={"range": "bytes=768000-"})
    assert (response.status_code, response["Content-Range"], response.content) == (416, "bytes */768000", b"")


def test_the_head_alone(cast: Any, client: Client, clip_url: str) -> None:
    response = cast.login(client, cast.omar).head(clip_url)
    assert (response.status_code, response["Content-Length"], response.content) == (200, "768000", b"")


def test_a_known_copy_is_not_sent_again(cast: Any, client: Client, clip_url: str) -> None:
    cast.login(client, cast.omar)
    etag = client.head(clip_url)["ETag"]
    again = client.get(clip_url, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
    part = client.get(clip_url, headers={"range": "bytes=0-9", "if-range": etag})
    assert (part.status_code, part.getvalue()) == (206, CLIP[:10])
    other = client.get(clip_url, headers={"range": "bytes=0-9", "if-range": '"of the preview"'})
    assert (other.status_code, other.getvalue()) == (200, CLIP)


def test_a_player_that_takes_only_video_gets_it(cast: Any, client: Client, clip_url: str) -> None:
    assert cast.login(client, cast.omar).head(clip_url, headers={"accept": "video/mp4"}).status_code == 200


def test_greta_finds_nothing(cast: Any, client: Client, clip_url: str) -> None:
    assert cast.login(client, cast.greta).get(clip_url).status_code == 404


def test_nobody_gets_in_without_a_login(client: Client, clip_url: str) -> None:
    assert client.get(clip_url)["Location"] == f"{reverse('login')}?next={clip_url}"


def test_a_token_gets_in_and_a_wrong_one_does_not(cast: Any, client: Client, clip_url: str) -> None:
    _, key = token_create(membership=cast.vera.membership, name="archive", at=timezone.now())
    assert client.get(clip_url, headers={"authorization": f"Token {key}"}).getvalue() == CLIP
    assert client.get(clip_url, headers={"authorization": "Token wrong"}).status_code == 401


@pytest.mark.parametrize("name", ["", "gone.mp4", "../secret.mp4", "/etc/passwd", "a/../../secret.mp4"])
def test_nothing_outside_the_storage_is_served(cast: Any, client: Client, clip_url: str, name: str) -> None:
    url = reverse("event-clip", args=[event_with(cast, name).id])
    assert cast.login(client, cast.omar).get(url).status_code == 404


def test_a_picture_that_is_not_there_yet(cast: Any, client: Client, clip_url: str) -> None:
    url = clip_url.replace("clip.mp4", "peak.jpg")
    assert cast.login(client, cast.omar).get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_under_asgi_it_comes_in_chunks(cast: Any, clip_url: str) -> None:
    client = AsyncClient()
    cast.login(client, cast.omar)

    async def read() -> list[bytes]:
        response = await client.get(clip_url, headers={"range": "bytes=5-600000"})
        assert response.status_code == 206
        chunks = [chunk async for chunk in response.streaming_content]
        response.close()
        return chunks

    chunks = asyncio.run(read())
    assert b"".join(chunks) == CLIP[5:600001]
    assert [len(chunk) for chunk in chunks] == [262144, 262144, 75708]
