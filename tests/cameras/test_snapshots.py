"""The newest picture: kept a minute, shown to those who may see the camera."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.urls import reverse

from cameras.snapshots import TTL_S, snapshot_forget, snapshot_get, snapshot_put

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@pytest.fixture
def picture(cast) -> float:
    """A picture of Gate 3, taken three seconds ago."""
    captured_at = round(time.time() - 3, 3)
    snapshot_put(cast.gate3.id, JPEG, captured_at)
    return captured_at


def address(camera) -> str:
    return reverse("camera-snapshot", args=[camera.id])


def test_a_picture_is_kept_with_its_moment_and_for_a_minute(cast, picture) -> None:
    snapshot = snapshot_get(cast.gate3.id)
    assert snapshot is not None
    assert (snapshot.jpeg, snapshot.captured_at.timestamp()) == (JPEG, picture)
    assert "picture" not in repr(snapshot)
    client = cache._cache.get_client()
    assert 0 < client.ttl(cache.make_key(f"snapshot:{cast.gate3.id}")) <= TTL_S
    snapshot_forget(cast.gate3.id)
    assert snapshot_get(cast.gate3.id) is None


@pytest.mark.parametrize("who", ["olga", "mia", "omar", "vera"])
def test_every_member_sees_it_and_no_shared_cache_keeps_it(cast, client, picture, who) -> None:
    response = cast.login(client, getattr(cast, who)).get(address(cast.gate3))
    assert (response.status_code, response["Content-Type"], response.content) == (200, "image/jpeg", JPEG)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["ETag"] == f'"{int(picture * 1000)}"'
    assert float(response["X-Picture-Age"]) >= 3.0


def test_a_browser_that_has_it_is_told_so(cast, client, picture) -> None:
    cast.login(client, cast.omar)
    etag = client.get(address(cast.gate3))["ETag"]
    again = client.get(address(cast.gate3), headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    snapshot_put(cast.gate3.id, JPEG, picture + 1)
    assert client.get(address(cast.gate3), headers={"If-None-Match": etag}).status_code == 200


def test_without_a_recent_picture_it_says_so(cast, client) -> None:
    snapshot_forget(cast.gate3.id)
    response = cast.login(client, cast.omar).get(address(cast.gate3))
    assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert response.content == b"This camera has sent no picture in the last 60 seconds."
    assert response["Cache-Control"] == "private, no-cache"


def test_a_stranger_gets_404_and_nobody_else_a_picture(cast, client, picture) -> None:
    assert client.get(address(cast.gate3)).status_code == 302
    response = cast.login(client, cast.greta).get(address(cast.gate3))
    assert response.status_code == 404
    assert JPEG not in response.content
    assert client.post(address(cast.globex_camera)).status_code == 405


def test_the_api_serves_it_to_clients_that_accept_pictures_only(cast, client, picture) -> None:
    cast.login(client, cast.omar)
    url = f"/api/v1/cameras/{cast.gate3.id}/snapshot/"
    response = client.get(url, headers={"Accept": "image/jpeg"})
    assert (response.status_code, response["Content-Type"], response.content) == (200, "image/jpeg", JPEG)
    snapshot_forget(cast.gate3.id)
    missing = client.get(url, headers={"Accept": "image/jpeg"})
    assert (missing.status_code, missing.json()["error"]) == (
        404,
        {"code": "not_found", "message": "This camera has sent no picture in the last 60 seconds.", "fields": {}},
    )
