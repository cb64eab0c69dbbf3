"""Who is alerted: the trace that people read and the query that sockets use say the same."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AlertScope, Membership, Role, Team, TeamMember
from accounts.tenancy import tenant
from cameras.models import SiteTeam
from incidents.alerts import routed_to, routing_trace
from incidents.models import Incident
from tests.cast import make_camera
from tests.incidents.sightings import incident_at


def trace(cast: Any, site: Any, category: str = "security threat") -> list[dict[str, Any]]:
    with tenant(cast.acme.id):
        return [dict(step) for step in routing_trace(organization_id=cast.acme.id, site=site, category=category)]


def alerted(cast: Any, incident: Incident) -> set[str]:
    """Everyone whom the query says is alerted; and check that the trace, written anew, names the same."""
    with tenant(cast.acme.id):
        by_query = {
            str(member.user)
            for member in Membership.objects.select_related("user")
            if Incident.objects.filter(routed_to(member), id=incident.id).exists()
        }
    steps = trace(cast, incident.site, incident.category)
    assert {name for step in steps for name in step["people"]} == by_query
    return by_query


def members(cast: Any, **values: Any) -> None:
    with tenant(cast.acme.id):
        Membership.objects.filter(id=values.pop("who").membership.id).update(**values)


def team(cast: Any, which: Any, *, covers: Any = None, takes: Any = None, gains: Any = None) -> None:
    with tenant(cast.acme.id):
        if covers is not None:
            SiteTeam.objects.create(organization_id=cast.acme.id, site=covers, team=which)
        if takes is not None:
            Team.objects.filter(id=which.id).update(categories=takes)
        if gains is not None:
            TeamMember.objects.create(organization_id=cast.acme.id, team=which, membership=gains.membership)


@pytest.fixture
def at_north(cast: Any) -> Incident:
    return incident_at(cast.gate3)


@pytest.fixture
def at_south(cast: Any) -> Incident:
    return incident_at(make_camera(cast.south, cast.presets["balanced"], "Gate 9"))


def test_the_team_that_covers_the_site(cast: Any, at_north: Incident) -> None:
    step = {"team": "Security", "why": "covers North", "people": ["Omar"], "alerted": True}
    assert at_north.routing == [step]
    assert alerted(cast, at_north) == {"Omar"}


def test_a_site_that_no_team_covers_alerts_those_in_charge(cast: Any, at_south: Incident) -> None:
    assert at_south.routing == [
        {
            "team": "",
            "why": "owner or manager, as no team answers for security threat at South",
            "people": ["Mia", "Olga"],
            "alerted": True,
        }
    ]
    assert alerted(cast, at_south) == {"Mia", "Olga"}


def test_a_team_that_does_not_take_the_category(cast: Any, at_north: Incident) -> None:
    team(cast, cast.security, takes=["medical emergency"])
    assert trace(cast, cast.north)[0] == {
        "team": "Security",
        "why": "covers North, but does not take security threat",
        "people": [],
        "alerted": False,
    }
    assert alerted(cast, at_north) == {"Mia", "Olga"}


def test_a_team_with_nobody_in_it(cast: Any, at_south: Incident) -> None:
    team(cast, cast.medical, covers=cast.south)
    assert trace(cast, cast.south)[0]["why"] == "covers South, but nobody in it gets alerts"
    assert alerted(cast, at_south) == {"Mia", "Olga"}


def test_two_teams_both_answer(cast: Any, at_north: Incident) -> None:
    team(cast, cast.medical, covers=cast.north, gains=cast.vera)
    team(cast, cast.fire, covers=cast.north, takes=["fire hazard"], gains=cast.mia)
    assert [step["team"] for step in trace(cast, cast.north)] == ["Fire", "Medical", "Security"]
    assert alerted(cast, at_north) == {"Omar", "Vera"}


def test_who_asked_for_every_site_and_who_wants_none(cast: Any, at_north: Incident, at_south: Incident) -> None:
    members(cast, who=cast.vera, alerts=AlertScope.ALL)
    members(cast, who=cast.omar, alerts=AlertScope.NONE)
    assert alerted(cast, at_north) == {"Vera", "Mia", "Olga"}
    assert alerted(cast, at_south) == {"Vera", "Mia", "Olga"}


def test_someone_who_is_switched_off_does_not_answer(cast: Any, at_north: Incident) -> None:
    cast.omar.user.is_active = False
    cast.omar.user.save()
    assert trace(cast, cast.north)[0]["alerted"] is False
    with tenant(cast.acme.id):
        assert Incident.objects.filter(routed_to(cast.mia.membership), id=at_north.id).exists()


def test_nobody_at_all_is_said_plainly(cast: Any, at_south: Incident) -> None:
    for person in (cast.mia, cast.olga):
        members(cast, who=person, alerts=AlertScope.NONE)
    assert alerted(cast, at_south) == set()
    assert trace(cast, cast.south) == [
        {
            "team": "",
            "why": "nobody: no team, owner or manager gets alerts of security threat at South",
            "people": [],
            "alerted": False,
        }
    ]


def test_an_administrator_who_entered_is_alerted_of_nothing(cast: Any, at_north: Incident) -> None:
    with tenant(cast.acme.id):
        assert not Incident.objects.filter(routed_to(None)).exists()


def test_a_promoted_operator_is_in_charge(cast: Any, at_south: Incident) -> None:
    members(cast, who=cast.omar, role=Role.MANAGER)
    assert alerted(cast, at_south) == {"Mia", "Olga", "Omar"}
