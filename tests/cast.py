"""The people and places that every test speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, Organization, Role, Team, User
from accounts.services import membership_add, organization_create, team_save, user_create
from accounts.tenancy import tenant
from cameras.credentials import encrypt
from cameras.models import Camera, Preset, Site, SiteTeam
from cameras.services import presets_create_builtin

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    user: User
    membership: Membership
    password: str = PASSWORD

    @property
    def actor(self) -> Actor:
        return Actor(self.user, self.membership.organization, self.membership.role, self.membership)

    @property
    def email(self) -> str:
        return self.user.email


class Cast(SimpleNamespace):
    acme: Organization
    globex: Organization
    olga: Person
    mia: Person
    omar: Person
    vera: Person
    greta: Person
    north: Site
    south: Site
    security: Team
    medical: Team
    fire: Team
    presets: dict[str, Preset]
    gate3: Camera
    globex_camera: Camera

    def login(self, client: Client, person: Person) -> Client:
        client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        return client


def _person(organization: Organization, name: str, role: str) -> Person:
    user = user_create(email=f"{name.lower()}@{organization.slug}.example", password=PASSWORD, full_name=name)
    membership = membership_add(organization_id=organization.id, user=user, role=role, at=timezone.now())
    # Outside a tenant's scope the row could not be read.
    membership.organization = organization
    return Person(user, membership)


def make_camera(
    site: Site, preset: Preset, name: str, source: str = "rtsp://127.0.0.1:1/none", **fields: Any
) -> Camera:
    """Create a camera row; the source's address refuses every connection unless the test names another."""
    with tenant(site.organization_id):
        return Camera.objects.create(
            organization_id=site.organization_id,
            site=site,
            preset=preset,
            name=name,
            source_encrypted=encrypt(source),
            **fields,
        )


def make_cast() -> Cast:
    now = timezone.now()
    acme = organization_create(name="Acme", slug="acme", at=now)
    globex = organization_create(name="Globex", slug="globex", at=now)
    people = {
        name.lower(): _person(acme, name, role)
        for name, role in (
            ("Olga", Role.OWNER),
            ("Mia", Role.MANAGER),
            ("Omar", Role.OPERATOR),
            ("Vera", Role.VIEWER),
        )
    }
    greta = _person(globex, "Greta", Role.OWNER)
    teams = {}
    for name, members in (("Security", [people["omar"].membership]), ("Medical", []), ("Fire", [])):
        team = Team(organization_id=acme.id, name=name)
        teams[name.lower()] = team_save(organization_id=acme.id, team=team, memberships=members, at=now)
    with tenant(acme.id):
        north = Site.objects.create(organization_id=acme.id, name="North", time_zone="Europe/Berlin")
        south = Site.objects.create(organization_id=acme.id, name="South", time_zone="Europe/Berlin")
        SiteTeam.objects.create(organization_id=acme.id, site=north, team=teams["security"])
        presets_create_builtin(organization_id=acme.id)
        presets = {preset.name.lower(): preset for preset in Preset.objects.order_by("id")}
    with tenant(globex.id):
        harbour = Site.objects.create(organization_id=globex.id, name="Harbour")
        presets_create_builtin(organization_id=globex.id)
        globex_preset = Preset.objects.order_by("name").first()
    assert globex_preset is not None
    return Cast(
        acme=acme,
        globex=globex,
        greta=greta,
        north=north,
        south=south,
        presets=presets,
        harbour=harbour,
        gate3=make_camera(north, presets["balanced"], "Gate 3"),
        globex_camera=make_camera(harbour, globex_preset, "Pier"),
        **people,
        **teams,
    )
