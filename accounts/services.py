"""Every change to organizations, people, teams and tokens; each writes the audit trail in its own transaction."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.actors import Actor
from accounts.keys import digest
from accounts.models import AlertScope, ApiToken, AuditEntry, Membership, Organization, Role, Team, TeamMember, User
from accounts.tenancy import acting_user, tenant


def audit(
    *, organization_id: UUID, actor: User | None, action: str, target: str, at: dt.datetime, details: dict[str, object]
) -> AuditEntry:
    """Record who did what; the caller leaves credentials out of details."""
    return AuditEntry.objects.create(
        organization_id=organization_id, actor=actor, action=action, target=target[:200], at=at, details=details
    )


def organization_create(*, name: str, slug: str, at: dt.datetime, actor: User | None = None) -> Organization:
    """Create a tenant. Its id is chosen first, since a row can be written only inside its own organization."""
    organization = Organization(id=uuid.uuid4(), name=name, slug=slug)
    with tenant(organization.id):
        organization.full_clean(validate_unique=False)
        organization.save(force_insert=True)
        audit(
            organization_id=organization.id, actor=actor, action="organization.create", target=name, at=at, details={}
        )
    return organization


def user_create(*, email: str, password: str, full_name: str = "", is_superuser: bool = False) -> User:
    """Create a person; raises ValidationError for a weak password or a taken address."""
    candidate = User(email=email.lower(), full_name=full_name)
    validate_password(password, candidate)
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": f"{email} already has an account."})
    return User.objects.create_user(email, password, full_name=full_name, is_superuser=is_superuser)


def membership_add(
    *,
    organization_id: UUID,
    user: User,
    role: str,
    at: dt.datetime,
    actor: User | None = None,
    alerts: str = AlertScope.TEAM,
) -> Membership:
    """Give a person a place and a role in an organization."""
    with tenant(organization_id):
        membership = Membership(organization_id=organization_id, user=user, role=role, alerts=alerts)
        membership.full_clean()
        membership.save(force_insert=True)
        audit(
            organization_id=organization_id,
            actor=actor,
            action="member.add",
            target=user.email,
            at=at,
            details={"role": role},
        )
    return membership


@transaction.atomic
def member_invite(
    *, actor: Actor, email: str, full_name: str, password: str, role: str, alerts: str, at: dt.datetime
) -> Membership:
    """Give a person a place here, with a new account where the address has none.

    Somebody who has an account keeps their own password, and password is ignored. Raises ValidationError.
    """
    actor.require("members.manage")
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = user_create(email=email, password=password, full_name=full_name)
    if Membership.objects.filter(organization_id=actor.organization_id, user=user).exists():
        raise ValidationError({"email": f"{email} is a member already."})
    return membership_add(
        organization_id=actor.organization_id, user=user, role=role, at=at, actor=actor.user, alerts=alerts
    )


@transaction.atomic
def membership_change(*, actor: Actor, membership_id: UUID, role: str, alerts: str, at: dt.datetime) -> Membership:
    """Change a person's role and which incidents alert them; an organization always keeps an owner.

    Raises Membership.DoesNotExist, and ValidationError where nobody would be an owner.
    """
    actor.require("members.manage")
    membership = _locked_member(actor, membership_id, stays_owner=role == Role.OWNER)
    before = {"role": membership.role, "alerts": membership.alerts}
    membership.role, membership.alerts = role, alerts
    membership.full_clean()
    membership.save(update_fields=["role", "alerts"])
    audit(
        organization_id=actor.organization_id,
        actor=actor.user,
        action="member.change",
        target=membership.user.email,
        at=at,
        details={"before": before, "after": {"role": role, "alerts": alerts}},
    )
    return membership


@transaction.atomic
def membership_remove(*, actor: Actor, membership_id: UUID, at: dt.datetime) -> None:
    """Take a person out of the organization; their tokens go with them.

    Raises Membership.DoesNotExist, and ValidationError where nobody would be an owner.
    """
    actor.require("members.manage")
    membership = _locked_member(actor, membership_id, stays_owner=False)
    audit(
        organization_id=actor.organization_id,
        actor=actor.user,
        action="member.remove",
        target=membership.user.email,
        at=at,
        details={"role": membership.role},
    )
    membership.delete()


def _locked_member(actor: Actor, membership_id: UUID, *, stays_owner: bool) -> Membership:
    """Lock every membership in one order, so that two owners cannot remove each other at once."""
    members = Membership.objects.select_for_update(of=("self",)).select_related("user")
    locked = {each.id: each for each in members.filter(organization_id=actor.organization_id).order_by("id")}
    if membership_id not in locked:
        raise Membership.DoesNotExist
    if not stays_owner and not any(each.role == Role.OWNER for key, each in locked.items() if key != membership_id):
        raise ValidationError("An organization needs an owner. Make somebody else an owner first.")
    return locked[membership_id]


@transaction.atomic
def team_save(
    *,
    organization_id: UUID,
    team: Team,
    memberships: Collection[Membership],
    at: dt.datetime,
    actor: User | None = None,
) -> Team:
    """Create or change a team together with its members."""
    with tenant(organization_id):
        team.organization_id = organization_id
        team.full_clean()
        team.save()
        wanted = {membership.id for membership in memberships}
        team.members.exclude(membership_id__in=wanted).delete()
        present = set(team.members.values_list("membership_id", flat=True))
        TeamMember.objects.bulk_create(
            TeamMember(organization_id=organization_id, team=team, membership=membership)
            for membership in memberships
            if membership.id not in present
        )
        audit(
            organization_id=organization_id,
            actor=actor,
            action="team.save",
            target=team.name,
            at=at,
            details={"members": sorted(membership.user.email for membership in memberships)},
        )
    return team


@transaction.atomic
def team_delete(*, actor: Actor, team_id: UUID, at: dt.datetime) -> None:
    """Delete a team; the sites it covered lose its cover. Raises Team.DoesNotExist."""
    actor.require("teams.manage")
    team = Team.objects.select_for_update().get(id=team_id, organization_id=actor.organization_id)
    audit(
        organization_id=actor.organization_id,
        actor=actor.user,
        action="team.delete",
        target=team.name,
        at=at,
        details={},
    )
    team.delete()


def token_create(
    *, membership: Membership, name: str, at: dt.datetime, actor: User | None = None
) -> tuple[ApiToken, str]:
    """Make an API key. The key itself is returned once and kept nowhere."""
    key = f"vdt_{secrets.token_urlsafe(32)}"
    with tenant(membership.organization_id):
        token = ApiToken.objects.create(
            organization_id=membership.organization_id,
            membership=membership,
            name=name,
            digest=digest(key),
            prefix=key[:8],
        )
        audit(
            organization_id=membership.organization_id,
            actor=actor,
            action="token.create",
            target=str(token),
            at=at,
            details={"for": str(membership.user_id)},
        )
    return token, key


@transaction.atomic
def token_revoke(*, actor: Actor, token_id: UUID, at: dt.datetime) -> ApiToken:
    """End a key now; the row stays, so that the audit trail keeps its name."""
    token = ApiToken.objects.select_for_update().get(id=token_id, organization_id=actor.organization_id)
    if token.membership_id != (actor.membership.id if actor.membership else None):
        actor.require("tokens.manage")
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        audit(
            organization_id=actor.organization_id,
            actor=actor.user,
            action="token.revoke",
            target=str(token),
            at=at,
            details={},
        )
    return token


def organization_enter(*, user: User, organization_id: UUID, at: dt.datetime) -> None:
    """Record that an installation administrator entered an organization that they are no member of."""
    with acting_user(user.id), tenant(organization_id):
        audit(
            organization_id=organization_id,
            actor=user,
            action="organization.enter",
            target=user.email,
            at=at,
            details={},
        )
