"""Which WebSocket handshakes reach the application."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from config.origins import OwnPagesOrKeys

PATIENCE_S = 5.0


async def accept(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


async def answer(*headers: tuple[bytes, bytes], scheme: str = "ws") -> str:
    """Return how a handshake with these headers is answered, once whoever answered it has ended."""
    asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    asked.put_nowait({"type": "websocket.connect"})
    said: list[dict[str, str]] = []

    async def send(message: dict[str, str]) -> None:
        said.append(message)

    async with asyncio.timeout(PATIENCE_S):
        await OwnPagesOrKeys(accept)({"type": "websocket", "scheme": scheme, "headers": headers}, asked.get, send)
    (only,) = said
    return only["type"]


def page(origin: str, host: str = "127.0.0.1:8000") -> tuple[tuple[bytes, bytes], ...]:
    return (b"host", host.encode()), (b"origin", origin.encode())


@pytest.mark.parametrize("headers", [page("http://127.0.0.1:8000"), ((b"authorization", b"Token key"),)])
async def test_our_own_pages_and_programs_with_a_key_connect(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert await answer(*headers) == "websocket.accept"


@pytest.mark.parametrize(
    "headers",
    [
        (),
        page("http://elsewhere.example"),
        page("http://[::1"),
        page("http://127.0.0.1:9000"),
        page("http://127.0.0.1"),
        page("https://127.0.0.1:8000"),
        page("null"),
        page("http://elsewhere.example", host="elsewhere.example"),
        ((b"origin", b"http://127.0.0.1:8000"),),
    ],
)
async def test_others_are_refused_and_nothing_goes_on_listening(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert await answer(*headers) == "websocket.close"


async def test_behind_a_tls_proxy_the_pages_are_those_of_https(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["cameras.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = page("https://cameras.example", host="cameras.example")
    assert await answer(*headers, (b"x-forwarded-proto", b"https")) == "websocket.accept"
    assert await answer(*headers) == "websocket.close"
    assert await answer(*headers, scheme="wss") == "websocket.accept"
    plain = page("http://cameras.example", host="cameras.example")
    assert await answer(*plain, (b"x-forwarded-proto", b"https")) == "websocket.close"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://desk.example:8443", "websocket.accept"),
        ("https://desk.example", "websocket.close"),
        ("https://north.sites.example", "websocket.accept"),
        ("http://north.sites.example", "websocket.close"),
        ("https://sites.example.elsewhere", "websocket.close"),
    ],
)
async def test_trusted_origins_connect_exactly_as_they_are_written(settings: Any, origin: str, expected: str) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://desk.example:8443", "https://*.sites.example"]
    assert await answer(*page(origin)) == expected
