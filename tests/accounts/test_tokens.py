from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import token_create, token_revoke, user_create
from accounts.tenancy import tenant


def cameras(key: str) -> Any:
    return Client().get("/api/v1/cameras/", headers={"Authorization": f"Token {key}"})


def test_create_token_prints_just_the_key(cast: Any) -> None:
    out = StringIO()
    call_command("create_token", user="omar@acme.example", stdout=out)
    key = out.getvalue().strip()
    assert out.getvalue() == f"{key}\n"
    assert cameras(key).status_code == 200


def test_create_token_names_who_is_missing(cast: Any) -> None:
    with pytest.raises(CommandError, match=r"Nobody logs in as nobody@acme\.example"):
        call_command("create_token", user="nobody@acme.example")
    user_create(email="lonely@acme.example", password="correct horse battery")
    with pytest.raises(CommandError, match="belongs to no such organization"):
        call_command("create_token", user="lonely@acme.example")


def test_only_the_digest_is_kept(cast: Any) -> None:
    _, key = token_create(membership=cast.omar.membership, name="door", at=timezone.now())
    with tenant(cast.acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM accounts_apitoken t")
        assert key not in cursor.fetchone()[0]


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token vdt_unknown", "Token caf\xe9"])
def test_a_bad_key_is_refused_with_the_way_out(cast: Any, header: str) -> None:
    response = Client().get("/api/v1/cameras/", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "authentication_failed"


def test_a_revoked_key_is_refused(cast: Any) -> None:
    token, key = token_create(membership=cast.omar.membership, name="door", at=timezone.now())
    with tenant(cast.acme.id):
        token_revoke(actor=cast.mia.actor, token_id=token.id, at=timezone.now())
    assert cameras(key).status_code == 401


def test_a_switched_off_person_has_no_keys(cast: Any) -> None:
    _, key = token_create(membership=cast.omar.membership, name="door", at=timezone.now())
    cast.omar.user.is_active = False
    cast.omar.user.save()
    assert cameras(key).status_code == 401


def test_use_is_recorded_once_a_minute(cast: Any) -> None:
    _, key = token_create(membership=cast.omar.membership, name="door", at=timezone.now())
    cameras(key)
    with tenant(cast.acme.id):
        first = ApiToken.objects.get().last_used_at
    cameras(key)
    with tenant(cast.acme.id):
        assert ApiToken.objects.get().last_used_at == first
    assert first is not None


def test_a_key_sees_its_own_organization_alone(cast: Any) -> None:
    _, key = token_create(membership=cast.greta.membership, name="pier", at=timezone.now())
    assert [camera["name"] for camera in cameras(key).json()["results"]] == ["Pier"]
