"""Every WebSocket × who connects × what they hear of an incident at Acme's North, which Omar's team covers."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.test import Client

from incidents.routing import websocket_urlpatterns
from tests.incidents.console import console
from tests.incidents.sightings import incident_at

pytestmark = pytest.mark.django_db(transaction=True)

HEARS: dict[str, dict[str, int | bool | None]] = {
    # A number is a close code, True an alert, False a line without an alert, None nothing.
    "ws/alerts/": {
        "nobody": 4401,
        "vera": False,
        "omar": True,
        "mia": False,
        "olga": False,
        "greta": None,
    }
}


def test_every_socket_is_in_the_table() -> None:
    assert {str(each.pattern) for each in websocket_urlpatterns} == set(HEARS)


@pytest.mark.parametrize("who", HEARS["ws/alerts/"])
async def test_who_hears_of_an_incident(cast: Any, client: Client, who: str) -> None:
    expected = HEARS["ws/alerts/"][who]
    async with console(cast, getattr(cast, who, None)) as heard:
        if isinstance(expected, int) and not isinstance(expected, bool):
            assert await heard.close_code() == expected
            return
        await heard.next("caught_up")
        await database_sync_to_async(incident_at)(cast.gate3)
        if expected is None:
            # Two pings span a poll of the outbox, so anything that was to come has come.
            assert [(await heard.next())["type"] for _ in range(2)] == ["ping", "ping"]
        else:
            assert (await heard.next("incident"))["alert"] is expected
