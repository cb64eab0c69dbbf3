"""Put every request inside one transaction that sees one organization."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from accounts.actors import Actor
from accounts.models import Membership, Organization, Role, User
from accounts.tenancy import enter_organization, enter_user

CURRENT = "organization"
"""The session's key for the organization a person works in (or an installation administrator entered)."""


HEALTH = "/health"
"""Asked without a database transaction: it must answer when there is no database."""


class TenantMiddleware:
    """Find the actor of the request and narrow its transaction to the actor's organization."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == HEALTH:
            request.actor = None  # type: ignore[attr-defined]
            return self.get_response(request)
        with transaction.atomic():
            request.actor = self._actor(request)  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # Django turns the exception into a response below our block, which would otherwise commit half a change.
        transaction.set_rollback(True)

    def _actor(self, request: HttpRequest) -> Actor | None:
        user = request.user
        if not isinstance(user, User):
            return None
        enter_user(user.id)
        chosen = request.session.get(CURRENT)
        own = Membership.objects.filter(user=user).select_related("organization").order_by("created_at", "id")
        membership = own.filter(organization_id=chosen).first() if chosen else None
        if membership is None and chosen and user.is_superuser:
            return self._entered(user, UUID(chosen))
        membership = membership or own.first()
        if membership is None:
            return None
        enter_organization(membership.organization_id)
        return Actor(user, membership.organization, membership.role, membership)

    def _entered(self, user: User, organization_id: UUID) -> Actor | None:
        enter_organization(organization_id)
        organization = Organization.objects.filter(id=organization_id).first()
        return Actor(user, organization, Role.OWNER) if organization else None
