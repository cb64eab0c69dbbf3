"""The pages that describe the API: they must be whole on a site without internet."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

FETCHED = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/api/docs/", "/api/redoc/"])
def test_everything_a_page_fetches_is_ours(client: Client, page: str) -> None:
    fetched = FETCHED.findall(client.get(page).content.decode())
    assert len(fetched) >= 2
    assert [address for address in fetched if not address.startswith("/static/")] == []
    assert [address for address in fetched if finders.find(address.removeprefix("/static/")) is None] == []


@pytest.mark.django_db
def test_the_api_is_described_by_what_it_is_about(client: Client) -> None:
    paths = client.get("/api/schema/", {"format": "json"}).json()["paths"]
    operations = [operation for path in paths.values() for name, operation in path.items() if name != "parameters"]
    groups = {tag for operation in operations for tag in operation["tags"]}
    assert groups == {"cameras", "events", "incidents", "models", "presets", "senses", "sites"}
    assert [each["operationId"] for each in operations if not each.get("description")] == []
