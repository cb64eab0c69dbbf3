"""Who opened a WebSocket: the same sessions and API tokens as everywhere, asked anew for as long as it stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.api.authentication import TokenAuthentication
from accounts.middleware import TenantMiddleware

UNKNOWN = 4401
"""Close code: nobody is logged in, or no longer. The page goes to the login."""

FORBIDDEN = 4403
"""Close code: the person has no place in an organization, or it changed. The page reloads."""


class Refused(Exception):
    """The socket may not be open (any longer); `code` is its close code."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a socket was opened with. Neither is shown: both are keys."""

    session_key: str
    authorization: str

    def __repr__(self) -> str:
        return "Credential(…)"


def credential_of(scope: Mapping[str, Any]) -> Credential:
    """Take the session key and the Authorization header from a WebSocket's scope; empty where there is none."""
    headers = dict(scope["headers"])
    session = scope.get("session")
    return Credential(
        session_key=(session.session_key or "") if session is not None else "",
        authorization=headers.get(b"authorization", b"").decode("latin-1"),
    )


def actor_of(credential: Credential) -> Actor:
    """Return who the credential belongs to now. Raises Refused; touches the database, so not for an event loop."""
    request = HttpRequest()
    if credential.authorization:
        request.META["HTTP_AUTHORIZATION"] = credential.authorization
        with transaction.atomic():
            try:
                found = TokenAuthentication().authenticate(Request(request))
            except AuthenticationFailed as error:
                raise Refused(UNKNOWN, str(error.detail)) from None
        if found is None:
            raise Refused(UNKNOWN, "The Authorization header must read “Token <key>”.")
    else:
        store = import_module(settings.SESSION_ENGINE).SessionStore
        request.session = store(credential.session_key or None)
        request.user = get_user(request)
        if not request.user.is_authenticated:
            raise Refused(UNKNOWN, "Log in first.")
        TenantMiddleware(lambda _: HttpResponse())(request)
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise Refused(FORBIDDEN, "You belong to no organization.")
    if not actor.can("incidents.view"):
        raise Refused(FORBIDDEN, "Your role does not let you see incidents.")
    return actor
