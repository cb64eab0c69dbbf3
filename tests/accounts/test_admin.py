from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiToken, AuditEntry, Membership, Role, Team, User
from accounts.tenancy import tenant

pytestmark = pytest.mark.django_db

INVITATION = {
    "email": "nina@acme.example",
    "full_name": "Nina",
    "password": "winter garden 9",
    "role": "operator",
    "alerts": "all",
}


def test_an_owner_invites_a_new_person(cast: Any, client: Client) -> None:
    cast.login(client, cast.olga)
    assert client.post("/admin/accounts/membership/add/", INVITATION).status_code == 302
    with tenant(cast.acme.id):
        member = Membership.objects.get(user__email="nina@acme.example")
        assert (member.role, member.alerts) == ("operator", "all")
        assert AuditEntry.objects.filter(action="member.add", target="nina@acme.example").count() == 1


def test_an_invited_person_of_another_organization_keeps_their_password(cast: Any, client: Client) -> None:
    cast.login(client, cast.olga)
    client.post(
        "/admin/accounts/membership/add/", {**INVITATION, "email": cast.greta.email, "password": "hijacked it 1"}
    )
    greta = User.objects.get(email=cast.greta.email)
    assert greta.check_password(cast.greta.password)
    with tenant(cast.acme.id):
        assert Membership.objects.filter(user=greta, role="operator").exists()


def test_a_weak_first_password_is_told_beside_its_field(cast: Any, client: Client) -> None:
    cast.login(client, cast.olga)
    page = client.post("/admin/accounts/membership/add/", {**INVITATION, "password": "short"})
    assert "too short" in page.content.decode()
    assert not User.objects.filter(email="nina@acme.example").exists()


def test_a_manager_cannot_change_members(cast: Any, client: Client) -> None:
    cast.login(client, cast.mia)
    assert client.get("/admin/accounts/membership/").status_code == 403
    assert client.post("/admin/accounts/membership/add/", INVITATION).status_code == 403
    assert not User.objects.filter(email="nina@acme.example").exists()


def test_the_last_owner_cannot_step_down(cast: Any, client: Client) -> None:
    cast.login(client, cast.olga)
    address = f"/admin/accounts/membership/{cast.olga.membership.id}/change/"
    page = client.post(address, {"role": "viewer", "alerts": "team"}, follow=True)
    assert "An organization needs an owner" in page.content.decode()
    with tenant(cast.acme.id):
        assert Membership.objects.get(id=cast.olga.membership.id).role == Role.OWNER


def test_a_manager_makes_a_team(cast: Any, client: Client) -> None:
    cast.login(client, cast.mia)
    team = {"name": "Night", "categories": ["fire hazard"], "members": [str(cast.vera.membership.id)]}
    assert client.post("/admin/accounts/team/add/", team).status_code == 302
    with tenant(cast.acme.id):
        night = Team.objects.get(name="Night")
        assert night.categories == ["fire hazard"]
        assert [member.membership_id for member in night.members.all()] == [cast.vera.membership.id]


def test_a_team_cannot_take_a_stranger(cast: Any, client: Client) -> None:
    cast.login(client, cast.mia)
    team = {"name": "Night", "members": [str(cast.greta.membership.id)]}
    assert client.post("/admin/accounts/team/add/", team).status_code == 200
    with tenant(cast.acme.id):
        assert not Team.objects.filter(name="Night").exists()


def test_a_key_is_shown_once(cast: Any, client: Client) -> None:
    cast.login(client, cast.mia)
    token = {"name": "Door", "membership": str(cast.omar.membership.id)}
    page = client.post("/admin/accounts/apitoken/add/", token, follow=True).content.decode()
    assert "shown this once: vdt_" in page
    assert "shown this once" not in client.get("/admin/accounts/apitoken/").content.decode()


def test_a_manager_cannot_make_an_owners_key(cast: Any, client: Client) -> None:
    cast.login(client, cast.mia)
    token = {"name": "Door", "membership": str(cast.olga.membership.id)}
    assert client.post("/admin/accounts/apitoken/add/", token).status_code == 200
    with tenant(cast.acme.id):
        assert ApiToken.objects.count() == 0


@pytest.mark.parametrize("page", ["membership", "team", "apitoken", "auditentry"])
def test_lists_show_one_organization(cast: Any, client: Client, page: str) -> None:
    cast.login(client, cast.olga)
    body = client.get(f"/admin/accounts/{page}/").content.decode()
    assert "Greta" not in body
    assert "greta@" not in body


def test_an_operator_is_told_why_there_is_no_admin(cast: Any, client: Client) -> None:
    cast.login(client, cast.omar)
    page = client.get("/admin/", follow=True)
    assert page.status_code == 403
    assert "Your role in Acme is operator" in page.content.decode()


def test_the_admin_uses_the_portals_login(cast: Any, client: Client) -> None:
    page = client.get("/admin/cameras/site/", follow=True)
    assert page.redirect_chain[-1] == ("/login/?next=/admin/cameras/site/", 302)
