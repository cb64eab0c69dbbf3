"""A console on the alerts' WebSocket, without a browser."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from config.asgi import application
from incidents.consumers import READERS

PATIENCE_S = 20.0


class Console:
    """Reads what the server says, in order."""

    def __init__(self, socket: ApplicationCommunicator) -> None:
        self.socket = socket

    async def next(self, *types: str) -> dict[str, Any]:
        """Return the next message of these types (of any, when none is named); others are passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                output = await self.socket.receive_output(PATIENCE_S)
                assert output["type"] == "websocket.send", output
                message: dict[str, Any] = json.loads(output["text"])
                if not types or message["type"] in types:
                    return message

    def said_by_now(self) -> list[dict[str, Any]]:
        """Take what has been said and not been read yet."""
        queue = self.socket.output_queue
        return [json.loads(queue.get_nowait()["text"]) for _ in range(queue.qsize())]

    async def close_code(self) -> int:
        """Read on until the server closes, and return its code."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                output = await self.socket.receive_output(PATIENCE_S)
                if output["type"] == "websocket.close":
                    return int(output["code"])


@asynccontextmanager
async def console(
    cast: Any, person: Any | None, *, query: str = "", headers: tuple[tuple[bytes, bytes], ...] = ()
) -> AsyncIterator[Console]:
    """Open a console for a person who is logged in, or for nobody."""
    sent = [(b"origin", b"http://127.0.0.1"), (b"host", b"127.0.0.1"), *headers]
    if person is not None:
        client = await sync_to_async(cast.login)(Client(), person)
        sent.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()))
    scope = {
        "type": "websocket",
        "path": "/ws/alerts/",
        "query_string": query.removeprefix("?").encode(),
        "headers": sent,
        "subprotocols": [],
    }
    socket = ApplicationCommunicator(application, scope)
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output(PATIENCE_S))["type"] == "websocket.accept"
    try:
        yield Console(socket)
    finally:
        await socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await socket.wait(PATIENCE_S)
        await asyncio.to_thread(_readers_idle)


def _readers_idle() -> None:
    """Wait for reads that a closed console left running: they would still hold locks when the tables are emptied."""
    meeting = threading.Barrier(READERS._max_workers)
    for there in [READERS.submit(meeting.wait, PATIENCE_S) for _ in range(meeting.parties)]:
        there.result()
