from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.table import TABLE, WHO, Row
from tests.permissions.things import Things

NO_PAGE = {"admin:(?P<url>.*)$", "admin:<path:object_id>/"}
"""Django admin's own answers to an unknown or an old address."""


def routes(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from routes(each.url_patterns, inner)
        elif isinstance(each, URLPattern):
            yield f"{namespace}{each.name or each.pattern}"


def test_every_address_is_in_the_table() -> None:
    known = {each.route for each in TABLE} | NO_PAGE
    missing = sorted(set(routes(get_resolver().url_patterns)) - known)
    assert missing == []


def test_the_table_names_no_address_twice() -> None:
    seen = [each.id for each in TABLE]
    assert sorted(seen) == sorted(set(seen))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("asked", TABLE, ids=lambda each: each.id)
def test_who_gets_what(cast: Any, asked: Row, who: str) -> None:
    things = Things(cast)
    client = Client(raise_request_exception=False)
    if who != "nobody":
        cast.login(client, getattr(cast, who))
    address = reverse(asked.route, args=things.address(asked.things))
    rest = address.startswith("/api/")
    response = client.generic(
        asked.method,
        address,
        *_body(client, asked, things, rest=rest),
    )
    assert response.status_code == asked.expected[WHO.index(who)], response.content[:300]


def _body(client: Client, asked: Row, things: Things, *, rest: bool) -> tuple[Any, str]:
    if asked.method == "GET":
        return b"", "text/plain"
    fields = things.body(asked.data)
    if rest:
        return client._encode_json(fields, "application/json"), "application/json"
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT
