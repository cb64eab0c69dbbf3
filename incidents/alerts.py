"""Who is alerted of an incident, and why: one rule, as a trace for people and as a query for lists and sockets.

A team answers for an incident when it covers the site and takes the category. Its people are alerted, together with
everyone who asked for every site. Where nobody in any such team gets alerts, the owners and managers do.
"""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import AlertScope, Membership, Role
from cameras.models import Site, SiteTeam

IN_CHARGE = (Role.OWNER, Role.MANAGER)


class RoutingStep(TypedDict):
    """One sentence of the trace: `team` (or, when it is empty, `people`) … `why`."""

    team: str
    why: str
    people: list[str]
    alerted: bool


def routing_trace(*, organization_id: UUID, site: Site, category: str) -> list[RoutingStep]:
    """Say who is alerted of an incident of this category at this site, and why; teams that are passed over, too."""
    members = list(
        Membership.objects.filter(organization_id=organization_id, user__is_active=True)
        .select_related("user")
        .prefetch_related("teams")
        .order_by("user__full_name", "user__email")
    )
    covering = SiteTeam.objects.filter(site=site).select_related("team").order_by("team__name")
    steps: list[RoutingStep] = []
    answered = False
    for cover in covering:
        if cover.team.categories and category not in cover.team.categories:
            steps.append(_step(cover.team.name, f"covers {site.name}, but does not take {category}"))
            continue
        inside = [m for m in members if any(place.team_id == cover.team_id for place in m.teams.all())]
        people = [str(m.user) for m in inside if m.alerts != AlertScope.NONE]
        why = f"covers {site.name}" if people else f"covers {site.name}, but nobody in it gets alerts"
        steps.append(_step(cover.team.name, why, people))
        answered = answered or bool(people)
    if everywhere := [str(m.user) for m in members if m.alerts == AlertScope.ALL]:
        steps.append(_step("", "asked for the alerts of every site", everywhere))
    if not answered:
        in_charge = [str(m.user) for m in members if m.role in IN_CHARGE and m.alerts != AlertScope.NONE]
        if in_charge:
            steps.append(_step("", f"owner or manager, as no team answers for {category} at {site.name}", in_charge))
        elif not everywhere:
            steps.append(_step("", f"nobody: no team, owner or manager gets alerts of {category} at {site.name}"))
    return steps


def routed_to(membership: Membership | None) -> Q:
    """Return the condition on incidents under which this person is alerted of them.

    Someone without a membership (an installation administrator who entered) is alerted of nothing.
    """
    if membership is None or membership.alerts == AlertScope.NONE:
        return Q(pk__in=[])
    if membership.alerts == AlertScope.ALL:
        return Q(pk__isnull=False)
    mine = Q(Exists(_answering().filter(team__members__membership=membership)))
    if membership.role in IN_CHARGE:
        someone = _answering().filter(
            team__members__membership__alerts__in=[AlertScope.TEAM, AlertScope.ALL],
            team__members__membership__user__is_active=True,
        )
        return mine | ~Q(Exists(someone))
    return mine


def _answering() -> QuerySet[SiteTeam]:
    takes = Q(team__categories=[]) | Q(team__categories__contains=[OuterRef("category")])
    return SiteTeam.objects.filter(takes, site=OuterRef("site"))


def _step(team: str, why: str, people: list[str] | None = None) -> RoutingStep:
    return RoutingStep(team=team, why=why, people=people or [], alerted=bool(people))
