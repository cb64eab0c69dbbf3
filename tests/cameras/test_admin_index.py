"""The admin's first page says what to set up next, and what needs a hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import CameraState

pytestmark = pytest.mark.django_db


def page_of(cast: Any, client: Client, person: Any) -> str:
    cast.login(client, person)
    return " ".join(client.get(reverse("admin:index")).content.decode().split())


def test_an_empty_organization_is_told_to_add_a_site_first(cast: Any, client: Client) -> None:
    with tenant(cast.globex.id):
        CameraState.objects.all().delete()
        cast.globex_camera.delete()
        cast.globex_camera.site.delete()
    page = page_of(cast, client, cast.greta)
    assert "Globex is not watching yet. Next:" in page
    assert f'<a href="{reverse("admin:cameras_site_add")}">add a site</a>' in page


def test_a_camera_that_is_not_watching_is_named(cast: Any, client: Client) -> None:
    assert "Not watching right now: Gate 3." in page_of(cast, client, cast.mia)
    with tenant(cast.acme.id):
        now = timezone.now()
        CameraState.objects.create(
            organization_id=cast.acme.id, camera=cast.gate3, status="online", since=now, reported_at=now
        )
    assert "Not watching right now" not in page_of(cast, client, cast.mia)


def test_a_site_without_a_team_is_named(cast: Any, client: Client) -> None:
    with tenant(cast.acme.id):
        cast.south.covering_teams.all().delete()
    assert "No team answers for South: owners and managers are alerted instead." in page_of(cast, client, cast.mia)


def test_members_are_a_matter_of_owners(cast: Any, client: Client) -> None:
    members = reverse("admin:accounts_membership_changelist")
    assert members not in page_of(cast, client, cast.mia)
    assert members in page_of(cast, client, cast.olga)
