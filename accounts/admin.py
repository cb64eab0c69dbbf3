"""The admin pages of members, teams, API tokens and the audit trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from accounts import services
from accounts.actors import Actor
from accounts.admin_base import TenantAdmin, actor_of
from accounts.forms import InvitationForm, MembershipForm, TeamForm, TokenForm
from accounts.models import ApiToken, AuditEntry, Membership, Team
from accounts.selectors import audit_trail, members_of, teams_of, tokens_of


@admin.register(Membership)
class MembershipAdmin(TenantAdmin):
    right = "members.manage"
    list_display = ["user", "email", "role", "alerts"]
    list_filter = ["role"]
    search_fields = ["user__email", "user__full_name"]
    ordering = ["user__email", "id"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = MembershipForm if obj else InvitationForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["role", "alerts"] if obj else ["email", "full_name", "password", "role", "alerts"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Membership]:
        return members_of(actor_of(request))

    @display(description="E-mail")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    def write(self, actor: Actor, form: Any, row_id: UUID | None) -> Membership:
        at, fields = timezone.now(), form.cleaned_data
        if row_id is None:
            return services.member_invite(actor=actor, at=at, **fields)
        return services.membership_change(actor=actor, membership_id=row_id, at=at, **fields)

    def remove(self, actor: Actor, row_id: UUID) -> None:
        services.membership_remove(actor=actor, membership_id=row_id, at=timezone.now())


@admin.register(Team)
class TeamAdmin(TenantAdmin):
    right = "teams.manage"
    purpose = "A team is alerted of the incidents at the sites it covers."
    form = TeamForm
    fields = ["name", "categories", "members"]
    list_display = ["name", "answers_for", "people"]
    search_fields = ["name"]
    ordering = ["name", "id"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Team]:
        return teams_of(actor_of(request))

    @display(description="Answers for")
    def answers_for(self, team: Team) -> str:
        return ", ".join(team.categories) or "every category"

    @display(description="Members")
    def people(self, team: Team) -> str:
        return ", ".join(str(member.membership.user) for member in team.members.all()) or "nobody yet"

    def write(self, actor: Actor, form: Any, row_id: UUID | None) -> Team:
        team = form.instance
        return services.team_save(
            organization_id=actor.organization_id,
            team=team,
            memberships=form.cleaned_data["members"],
            at=timezone.now(),
            actor=actor.user,
        )

    def remove(self, actor: Actor, row_id: UUID) -> None:
        services.team_delete(actor=actor, team_id=row_id, at=timezone.now())


@admin.register(ApiToken)
class ApiTokenAdmin(TenantAdmin):
    right = "tokens.manage"
    purpose = "A token lets another system read and act over the API, as one of the members."
    form = TokenForm
    fields = ["name", "membership"]
    list_display = ["name", "membership", "prefix", "created_at", "last_used_at", "revoked_at"]
    ordering = ["-created_at", "id"]
    actions = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ApiToken]:
        return tokens_of(actor_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        token, key = services.token_create(
            membership=form.cleaned_data["membership"],
            name=form.cleaned_data["name"],
            at=timezone.now(),
            actor=actor_of(request).user,
        )
        obj.pk = token.pk
        obj._state.adding = False
        messages.warning(request, f"The key of “{token.name}”, shown this once: {key}")

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        for token in queryset.order_by("pk"):
            services.token_revoke(actor=actor_of(request), token_id=token.pk, at=timezone.now())
        messages.success(request, "Revoked. Calls with these keys are refused from now on.")


@admin.register(AuditEntry)
class AuditEntryAdmin(TenantAdmin):
    right = "audit.view"
    list_display = ["when", "who", "action", "target"]
    list_filter = ["action"]
    search_fields = ["target", "action"]
    ordering = ["-at", "-id"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditEntry]:
        return audit_trail(actor_of(request))

    @display(description="When", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return f"{entry.at:%d %b %Y %H:%M:%S} UTC"

    @display(description="Who")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor or "Vedette")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
