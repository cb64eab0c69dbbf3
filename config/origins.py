"""Say which WebSocket clients may connect: pages of our own hosts, and programs with a key."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import is_same_domain


class OwnPagesOrKeys:
    """Refuse pages of other sites, which would carry a logged-in person's cookie.

    A page is our own by Django's rule for forms: its Origin is this scheme, host and port, or one of
    CSRF_TRUSTED_ORIGINS. A program sends no Origin, but it sends an Authorization header, which no browser lets a page
    set on a WebSocket.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        if b"authorization" in headers or _is_own(headers.get(b"origin", b"").decode("latin-1"), _Handshake(scope)):
            return await self.application(scope, receive, send)
        await receive()
        return await send({"type": "websocket.close"})


class _Handshake(HttpRequest):
    """A handshake as Django's own request, which knows what a host and a proxy's headers are worth."""

    def __init__(self, scope: Any) -> None:
        super().__init__()
        self._secure = scope.get("scheme") == "wss"
        for name, value in scope["headers"]:
            self.META["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")

    def _get_scheme(self) -> str:
        return "https" if self._secure else "http"

    @property
    def own_origin(self) -> str:
        """The origin of pages that come from where this handshake goes, empty for a host that is not ours."""
        try:
            return f"{self.scheme}://{self.get_host()}" if "HTTP_HOST" in self.META else ""
        except DisallowedHost:
            return ""


def _is_own(origin: str, handshake: _Handshake) -> bool:
    if not origin:
        return False
    own = handshake.own_origin
    if origin == own or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    starred = (urlsplit(trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS if "*" in trusted)
    return any(
        parts.scheme == each.scheme and is_same_domain(parts.netloc, each.netloc.lstrip("*")) for each in starred
    )
