"""Say which WebSocket clients may connect: pages of our own hosts, and programs with a key."""

from __future__ import annotations

from typing import Any

from channels.security.websocket import OriginValidator
from django.conf import settings


class OwnPagesOrKeys(OriginValidator):
    """Refuse pages of other sites, which would carry a logged-in person's cookie.

    A program sends no Origin, but it sends an Authorization header, which no browser lets a page set on a WebSocket.
    """

    def __init__(self, application: Any) -> None:
        super().__init__(application, settings.ALLOWED_HOSTS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if any(name == b"authorization" for name, _ in scope["headers"]):
            return await self.application(scope, receive, send)
        return await super().__call__(scope, receive, send)
