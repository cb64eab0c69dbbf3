"""A demonstration installation: two organizations, their people, and a camera that watches a rendered plaza."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accounts.models import Membership, Organization, Role, Team
from accounts.services import membership_add, organization_create, team_save, user_create
from accounts.tenancy import installation, tenant
from cameras.models import Camera, Preset, Site
from cameras.services import (
    camera_create,
    camera_disable,
    camera_enable,
    camera_update,
    presets_create_builtin,
    site_create,
)
from detection.synthetic import render_plaza

ACME: Final = "acme"
PLAZA: Final = "Plaza"
VIDEO: Final = "Video"

PEOPLE: Final = (("Olga", Role.OWNER), ("Mia", Role.MANAGER), ("Omar", Role.OPERATOR), ("Vera", Role.VIEWER))
TEAMS: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("Security", (), ("Omar", "Mia")),
    ("Medical", ("medical emergency",), ("Omar",)),
    ("Fire", ("fire hazard", "evacuation needed"), ("Mia",)),
)
"""Name, categories (none means every one), members. All cover both sites."""


@dataclass(frozen=True)
class Login:
    email: str
    role: str
    organization: str


LOGINS: Final = (
    *(Login(f"{name.lower()}@acme.example", role.label, "Acme") for name, role in PEOPLE),
    Login("greta@globex.example", Role.OWNER.label, "Globex"),
)


def demo_password(home: Path) -> str:
    """Return the demo logins' password: random for this home, kept in a file that only its owner may read."""
    path = home / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9) + "\n")
    return path.read_text().strip()


def demo_organization() -> Organization | None:
    """Return the demo's Acme, or None when this installation has none."""
    with installation():
        return Organization.objects.filter(slug=ACME).first()


def create_organizations(*, password: str, at: dt.datetime) -> Organization:
    """Create Acme and Globex with their people, teams, sites and presets; return Acme."""
    acme = organization_create(name="Acme", slug=ACME, at=at)
    people = {name: _person(acme, name, role, password, at) for name, role in PEOPLE}
    team_ids = []
    for name, categories, members in TEAMS:
        team = Team(organization_id=acme.id, name=name, categories=list(categories))
        team_save(organization_id=acme.id, team=team, memberships=[people[member] for member in members], at=at)
        team_ids.append(team.id)
    for name, address in (("North", "1 Plaza Road"), ("South", "9 Harbour Street")):
        site_create(organization_id=acme.id, at=at, name=name, address=address, team_ids=team_ids)
    presets_create_builtin(organization_id=acme.id, at=at)

    globex = organization_create(name="Globex", slug="globex", at=at)
    _person(globex, "Greta", Role.OWNER, password, at)
    presets_create_builtin(organization_id=globex.id, at=at)
    return acme


def _person(organization: Organization, name: str, role: Role, password: str, at: dt.datetime) -> Membership:
    email = f"{name.lower()}@{organization.slug}.example"
    user = user_create(email=email, password=password, full_name=name)
    return membership_add(organization_id=organization.id, user=user, role=role, at=at)


def watches_anything(acme: Organization) -> bool:
    """Say whether the demo has a camera already, whatever it watches."""
    with tenant(acme.id):
        return Camera.objects.exists()


def watch_plaza(acme: Organization, *, clip: Path, at: dt.datetime, on_progress: Callable[[float], None]) -> Camera:
    """Have a camera watch the rendered plaza, rendering it first where the clip is missing."""
    if not clip.exists():
        clip.parent.mkdir(parents=True, exist_ok=True)
        render_plaza(clip, on_progress=on_progress)
    return _watch(acme, PLAZA, str(clip), loop=True, at=at)


def watch_video(acme: Organization, source: str, *, at: dt.datetime) -> Camera:
    """Have a camera watch the administrator's own file or stream in the plaza's place."""
    with tenant(acme.id):
        plaza = Camera.objects.filter(name=PLAZA, enabled=True).first()
    if plaza:
        camera_disable(organization_id=acme.id, camera_id=plaza.id, at=at)
    return _watch(acme, VIDEO, source, loop="://" not in source, at=at)


def _watch(acme: Organization, name: str, source: str, *, loop: bool, at: dt.datetime) -> Camera:
    with tenant(acme.id):
        site = Site.objects.get(name="North")
        preset = Preset.objects.get(name="Default")
        camera = Camera.objects.filter(site=site, name=name).first()
    if camera is None:
        return camera_create(
            organization_id=acme.id,
            at=at,
            trusted_source=True,
            site_id=site.id,
            name=name,
            source=source,
            loop=loop,
            preset_id=preset.id,
        )
    camera_update(organization_id=acme.id, camera_id=camera.id, at=at, trusted_source=True, source=source, loop=loop)
    return camera_enable(organization_id=acme.id, camera_id=camera.id, at=at)


def login_table(password: str, logins: Sequence[Login] = LOGINS) -> str:
    """Return the demo logins as lines for a terminal."""
    lines = [f"  {each.email:<24}{each.organization:<10}{each.role}" for each in logins]
    return "\n".join(["Demo logins (password of all: " + password + ")", *lines])
