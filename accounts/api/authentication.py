"""Tell who calls the REST API: a token's member, or the person logged in to the portal."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.keys import digest
from accounts.models import ApiToken, User
from accounts.tenancy import enter_organization, enter_user, token_lookup

LAST_USED_RESOLUTION = dt.timedelta(minutes=1)
"""A busy integration must not write its token's row on every call."""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token <key>`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != b"token":
            return None
        if len(header) != 2:
            raise AuthenticationFailed("The Authorization header must read “Token <key>”.")
        with token_lookup(digest(header[1].decode("latin-1"))):
            token = ApiToken.objects.filter(digest=digest(header[1].decode("latin-1"))).first()
        if token is None or token.revoked_at is not None:
            raise AuthenticationFailed("This API token is unknown or was revoked. Make a new one with create_token.")
        enter_organization(token.organization_id)
        membership = token.membership
        if not membership.user.is_active:
            raise AuthenticationFailed("The person whom this API token belongs to is switched off.")
        enter_user(membership.user_id)
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > LAST_USED_RESOLUTION:
            ApiToken.objects.filter(id=token.id).update(last_used_at=now)
        request._request.actor = Actor(membership.user, membership.organization, membership.role, membership)
        return membership.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class ActorSessionAuthentication(SessionAuthentication):
    """The portal's own session, with its CSRF check; only for people who belong to an organization."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found = super().authenticate(request)
        return found if found and getattr(request._request, "actor", None) else None
