"""The first owner of a tenant comes from the command line."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership, Organization, User
from accounts.tenancy import installation, tenant
from cameras.models import Preset
from tests.cast import PASSWORD


def organization(slug: str) -> Organization | None:
    with installation():
        return Organization.objects.filter(slug=slug).first()


def test_an_organization_begins_with_its_owner_and_the_presets(cast: Any) -> None:
    out = StringIO()
    call_command("create_organization", "Initech Halls", owner="lena@initech.example", password=PASSWORD, stdout=out)
    initech = organization("initech-halls")
    assert initech is not None
    with tenant(initech.id):
        assert [str(member) for member in Membership.objects.select_related("user")] == ["lena@initech.example (Owner)"]
        assert Preset.objects.count() == 5
    assert out.getvalue() == "Initech Halls is set up. lena@initech.example logs in as its owner.\n"


def test_an_owner_who_has_an_account_keeps_their_password(cast: Any) -> None:
    call_command("create_organization", "Initech", owner=cast.greta.email, password="something else 1")
    assert User.objects.get(email=cast.greta.email).check_password(PASSWORD)


def test_a_taken_slug_is_refused(cast: Any) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("create_organization", "Acme", owner="lena@acme.example", password=PASSWORD)
    assert not User.objects.filter(email="lena@acme.example").exists()


def test_a_weak_password_leaves_nothing_behind(cast: Any) -> None:
    with pytest.raises(CommandError, match="too short"):
        call_command("create_organization", "Initech", owner="lena@initech.example", password="short")
    assert organization("initech") is None
