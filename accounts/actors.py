"""Who is asking, in which organization, and what their role lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied

from accounts.models import Membership, Organization, Role, User

Right = Literal[
    "incidents.view",
    "incidents.act",
    "cameras.view",
    "cameras.manage",
    "teams.manage",
    "members.manage",
    "tokens.manage",
    "audit.view",
]

_VIEWER: frozenset[Right] = frozenset({"incidents.view", "cameras.view"})
_OPERATOR: frozenset[Right] = _VIEWER | {"incidents.act"}
_MANAGER: frozenset[Right] = _OPERATOR | {"cameras.manage", "teams.manage", "tokens.manage", "audit.view"}
_OWNER: frozenset[Right] = _MANAGER | {"members.manage"}

RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.OWNER: _OWNER,
}

_REASONS: dict[Right, str] = {
    "incidents.view": "see incidents",
    "incidents.act": "act on incidents",
    "cameras.view": "see cameras",
    "cameras.manage": "change sites, cameras and presets",
    "teams.manage": "change teams",
    "members.manage": "change members and their roles",
    "tokens.manage": "make or revoke API tokens",
    "audit.view": "read the audit trail",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in one organization; an installation administrator who entered it acts as an owner."""

    user: User
    organization: Organization
    role: str
    membership: Membership | None = None

    @property
    def organization_id(self) -> UUID:
        return self.organization.id

    def can(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    def require(self, right: Right, to: str = "") -> None:
        """Raise PermissionDenied with a sentence that names the role and the missing right; to: what it is for here."""
        if not self.can(right):
            label = Role(self.role).label.lower()
            raise PermissionDenied(
                f"Your role in {self.organization.name} is {label}; it does not let you {to or _REASONS[right]}."
            )
