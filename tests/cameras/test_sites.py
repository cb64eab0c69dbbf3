"""Sites and the teams that cover them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEntry, Team
from accounts.services import team_save
from accounts.tenancy import tenant
from cameras.models import Site
from cameras.services import site_create, site_delete, site_update

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def teams_covering(site: Site) -> set[str]:
    with tenant(site.organization_id):
        return set(site.covering_teams.values_list("team__name", flat=True))


def audited(organization_id, **wanted) -> list[tuple[str, str, dict[str, object]]]:
    with tenant(organization_id):
        return list(AuditEntry.objects.filter(at=AT, **wanted).values_list("action", "target", "details"))


def test_a_manager_creates_a_site_with_its_covering_teams(cast) -> None:
    site = site_create(
        organization_id=cast.acme.id,
        actor=cast.mia.actor,
        at=AT,
        name="East",
        time_zone="Europe/Berlin",
        team_ids=[cast.fire.id, cast.medical.id],
    )
    assert teams_covering(site) == {"Fire", "Medical"}
    assert audited(cast.acme.id, actor=cast.mia.user) == [
        ("site.create", "East", {"site": str(site.id), "fields": ["name", "time_zone"]})
    ]


def test_an_update_replaces_the_covering_teams_and_says_what_changed(cast) -> None:
    site_update(
        organization_id=cast.acme.id,
        actor=cast.mia.actor,
        at=AT,
        site_id=cast.north.id,
        name="North",
        address="1 Gate Road",
        team_ids=[cast.security.id, cast.fire.id],
    )
    assert teams_covering(cast.north) == {"Security", "Fire"}
    assert audited(cast.acme.id) == [
        ("site.update", "North", {"site": str(cast.north.id), "fields": ["address", "teams"]})
    ]


def test_an_update_that_changes_nothing_writes_nothing(cast, rows) -> None:
    before = rows()
    site_update(organization_id=cast.acme.id, at=AT, site_id=cast.north.id, name="North", team_ids=[cast.security.id])
    assert rows() == before


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": "South"}, {"name": ["There is a site with this name already."]}),
        ({"name": ""}, {"name": ["This field cannot be blank."]}),
        (
            {"time_zone": "Berlin"},
            {"time_zone": ["“Berlin” is no time zone. Use a name such as Europe/Berlin or America/New_York."]},
        ),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(cast, rows, fields, refusal) -> None:
    before = rows()
    with pytest.raises(ValidationError) as refused:
        site_update(organization_id=cast.acme.id, actor=cast.mia.actor, at=AT, site_id=cast.north.id, **fields)
    assert refused.value.message_dict == refusal
    assert rows() == before


def test_another_organizations_team_cannot_cover_a_site(cast, rows) -> None:
    harbour_team = team_save(
        organization_id=cast.globex.id, team=Team(organization_id=cast.globex.id, name="Dockers"), memberships=[], at=AT
    )
    before = rows()
    with pytest.raises(ValidationError) as refused:
        site_update(organization_id=cast.acme.id, at=AT, site_id=cast.north.id, team_ids=[harbour_team.id])
    assert refused.value.message_dict == {"team_ids": ["There is no such team in your organization."]}
    assert rows() == before


@pytest.mark.parametrize("who", ["omar", "vera"])
def test_operators_and_viewers_are_refused_with_the_reason(cast, rows, who) -> None:
    actor, before = getattr(cast, who).actor, rows()
    reason = f"Your role in Acme is {actor.role}; it does not let you change sites, cameras and presets."
    common = {"organization_id": cast.acme.id, "actor": actor, "at": AT}
    for attempt in (
        lambda: site_create(name="East", **common),
        lambda: site_update(site_id=cast.north.id, name="East", **common),
        lambda: site_delete(site_id=cast.south.id, **common),
    ):
        with pytest.raises(PermissionDenied) as refused:
            attempt()
        assert str(refused.value) == reason
    assert rows() == before


def test_a_stranger_finds_no_such_site(cast, rows) -> None:
    before = rows()
    common = {"organization_id": cast.globex.id, "actor": cast.greta.actor, "at": AT, "site_id": cast.north.id}
    with pytest.raises(Site.DoesNotExist):
        site_update(name="Mine", **common)
    with pytest.raises(Site.DoesNotExist):
        site_delete(**common)
    with pytest.raises(PermissionDenied, match="another organization"):
        site_update(**{**common, "organization_id": cast.acme.id, "name": "Mine"})
    assert rows() == before


def test_a_site_with_cameras_stays(cast, rows) -> None:
    before = rows()
    with pytest.raises(ValidationError, match=r"“North” cannot be deleted: it has 1 camera."):
        site_delete(organization_id=cast.acme.id, actor=cast.mia.actor, at=AT, site_id=cast.north.id)
    assert rows() == before


def test_an_empty_site_goes(cast) -> None:
    site_delete(organization_id=cast.acme.id, actor=cast.mia.actor, at=AT, site_id=cast.south.id)
    with tenant(cast.acme.id):
        assert list(Site.objects.values_list("name", flat=True)) == ["North"]
    assert audited(cast.acme.id) == [("site.delete", "South", {"site": str(cast.south.id), "fields": []})]
