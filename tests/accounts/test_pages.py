from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Role
from accounts.services import membership_add, membership_change, membership_remove, user_create
from accounts.tenancy import tenant
from tests.cast import PASSWORD


def log_in(client: Client, email: str, password: str) -> Any:
    return client.post("/login/", {"username": email, "password": password})


def test_log_in_by_e_mail_whatever_its_case(cast: Any, client: Client) -> None:
    response = log_in(client, "OMAR@acme.example", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/console/")


def test_a_wrong_password_says_so_and_logs_nobody_in(cast: Any, client: Client) -> None:
    response = log_in(client, cast.omar.email, "wrong")
    assert response.status_code == 200
    assert "sessionid" not in response.cookies
    assert client.get("/console/")["Location"].startswith("/login/")


def test_the_fifth_wrong_password_locks_the_person_out(cast: Any, client: Client) -> None:
    codes = [log_in(client, cast.omar.email, f"wrong {attempt}").status_code for attempt in range(5)]
    assert codes == [200, 200, 200, 200, 429]
    assert log_in(client, cast.omar.email, PASSWORD).status_code == 429
    assert log_in(Client(), cast.mia.email, PASSWORD).status_code == 302


def test_log_out_needs_a_post(cast: Any, client: Client) -> None:
    cast.login(client, cast.omar)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/console/").status_code == 302


def test_a_changed_password_replaces_the_old_one(cast: Any, client: Client) -> None:
    cast.login(client, cast.omar)
    new = "staple battery horse"
    response = client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert response["Location"] == "/password/changed/"
    assert log_in(Client(), cast.omar.email, PASSWORD).status_code == 200
    assert log_in(Client(), cast.omar.email, new).status_code == 302


def test_a_weak_password_is_refused(cast: Any) -> None:
    with pytest.raises(ValidationError, match="too short"):
        user_create(email="new@acme.example", password="short")


def test_an_administrator_enters_one_organization_and_that_is_recorded(cast: Any, client: Client) -> None:
    user = user_create(email="admin@vedette.example", password=PASSWORD, is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/organizations/").content.decode()
    assert "Acme" in page
    assert "Globex" in page
    assert client.post("/organizations/", {"organization": str(cast.globex.id)}).status_code == 302
    with tenant(cast.globex.id):
        entry = AuditEntry.objects.get(action="organization.enter")
        assert entry.actor == user
    with tenant(cast.acme.id):
        assert not AuditEntry.objects.filter(action="organization.enter").exists()


def test_a_member_of_two_switches_without_a_record(cast: Any, client: Client) -> None:
    membership_add(organization_id=cast.globex.id, user=cast.omar.user, role=Role.VIEWER, at=timezone.now())
    cast.login(client, cast.omar)
    client.post("/organizations/", {"organization": str(cast.globex.id)})
    assert client.get("/organizations/").context["actor"].organization == cast.globex
    with tenant(cast.globex.id):
        assert not AuditEntry.objects.filter(action="organization.enter").exists()


def test_a_stranger_cannot_enter(cast: Any, client: Client) -> None:
    cast.login(client, cast.greta)
    assert client.post("/organizations/", {"organization": str(cast.acme.id)}).status_code == 404
    assert client.get("/organizations/").context["actor"].organization == cast.globex


def test_an_organization_keeps_an_owner(cast: Any) -> None:
    now = timezone.now()
    with tenant(cast.acme.id):
        with pytest.raises(ValidationError, match="needs an owner"):
            membership_change(
                actor=cast.olga.actor, membership_id=cast.olga.membership.id, role=Role.VIEWER, alerts="team", at=now
            )
        with pytest.raises(ValidationError, match="needs an owner"):
            membership_remove(actor=cast.olga.actor, membership_id=cast.olga.membership.id, at=now)
        assert Membership.objects.get(id=cast.olga.membership.id).role == Role.OWNER


def test_a_removed_member_is_out_at_once(cast: Any, client: Client) -> None:
    cast.login(client, cast.omar)
    with tenant(cast.acme.id):
        membership_remove(actor=cast.olga.actor, membership_id=cast.omar.membership.id, at=timezone.now())
    assert client.get("/organizations/").context["actor"] is None
