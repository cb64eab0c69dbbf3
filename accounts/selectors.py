"""What of accounts an actor may read."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from accounts.actors import Actor
from accounts.models import ApiToken, AuditEntry, Membership, Organization, Team, TeamMember, User
from accounts.tenancy import installation


def organizations_for(user: User) -> list[Organization]:
    """Return the organizations that a person can work in; all of them for an installation administrator.

    Runs inside the request's transaction, where the person's own memberships are visible.
    """
    if user.is_superuser:
        with installation():
            return list(Organization.objects.order_by("name", "id"))
    own = Membership.objects.filter(user=user).values("organization_id")
    return list(Organization.objects.filter(id__in=own).order_by("name", "id"))


def members_of(actor: Actor) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(organization_id=actor.organization_id)
        .select_related("user")
        .order_by("user__email", "id")
    )


def teams_of(actor: Actor) -> QuerySet[Team]:
    members = TeamMember.objects.select_related("membership__user").order_by("membership__user__email", "id")
    return (
        Team.objects.filter(organization_id=actor.organization_id)
        .prefetch_related(Prefetch("members", queryset=members))
        .order_by("name", "id")
    )


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """Return the tokens an actor may see: everybody's with the right to manage them, else their own."""
    tokens = ApiToken.objects.filter(organization_id=actor.organization_id).select_related("membership__user")
    if not actor.can("tokens.manage"):
        tokens = tokens.filter(membership=actor.membership)
    return tokens.order_by("-created_at", "id")


def token_get(actor: Actor, token_id: UUID) -> ApiToken:
    token = tokens_of(actor).filter(id=token_id).first()
    if token is None:
        raise Http404
    return token


def audit_trail(actor: Actor) -> QuerySet[AuditEntry]:
    actor.require("audit.view")
    return (
        AuditEntry.objects.filter(organization_id=actor.organization_id).select_related("actor").order_by("-at", "-id")
    )
