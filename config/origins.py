"""Say which WebSocket clients may connect: pages of our own hosts, and programs with a key."""

from __future__ import annotations

from typing import Any
from urllib.parse import ParseResult, urlparse

from channels.security.websocket import OriginValidator
from django.conf import settings


class OwnPagesOrKeys(OriginValidator):
    """Refuse pages of other sites, which would carry a logged-in person's cookie.

    A program sends no Origin, but it sends an Authorization header, which no browser lets a page set on a WebSocket.
    """

    def __init__(self, application: Any) -> None:
        super().__init__(application, settings.ALLOWED_HOSTS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        if b"authorization" in headers or self.valid_origin(_origin(headers)):
            return await self.application(scope, receive, send)
        # Not Channels' own refusal: that one goes on listening to Redis after it has refused, and breaks with it.
        await receive()
        return await send({"type": "websocket.close"})


def _origin(headers: dict[bytes, bytes]) -> ParseResult | None:
    """Return the Origin header, or None when there is none that can be read."""
    try:
        return urlparse(headers[b"origin"].decode("latin-1"))
    except (KeyError, ValueError):
        return None
