"""Which WebSocket handshakes reach the application."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from config.origins import OwnPagesOrKeys

PATIENCE_S = 5.0


async def accept(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


async def answer(*headers: tuple[bytes, bytes]) -> str:
    """Return how a handshake with these headers is answered, once whoever answered it has ended."""
    asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    asked.put_nowait({"type": "websocket.connect"})
    said: list[dict[str, str]] = []

    async def send(message: dict[str, str]) -> None:
        said.append(message)

    async with asyncio.timeout(PATIENCE_S):
        await OwnPagesOrKeys(accept)({"type": "websocket", "headers": headers}, asked.get, send)
    (only,) = said
    return only["type"]


@pytest.mark.parametrize("headers", [((b"origin", b"http://127.0.0.1:8000"),), ((b"authorization", b"Token key"),)])
async def test_our_own_pages_and_programs_with_a_key_connect(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert await answer(*headers) == "websocket.accept"


@pytest.mark.parametrize("headers", [(), ((b"origin", b"http://elsewhere.example"),), ((b"origin", b"http://[::1"),)])
async def test_others_are_refused_and_nothing_goes_on_listening(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert await answer(*headers) == "websocket.close"
