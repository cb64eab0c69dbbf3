"""The admin's first page and its menu: what to set up, in which order, and what still needs a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.actors import Actor, Right
from accounts.admin_base import actor_of
from accounts.selectors import members_of, teams_of
from cameras.models import Camera, CameraStatus, Site
from cameras.selectors import cameras_of, presets_of, sites_of

WATCHING = (CameraStatus.ONLINE, CameraStatus.DEGRADED)
NAMES_SAID = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up: how many there are, what it is for, and what is wrong with those there are."""

    title: str
    purpose: str
    count: int
    listed_at: str
    add_at: str
    add_word: str
    note: str = ""
    needed: bool = True
    """Without one of it nothing is watched, or nobody is told."""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the steps of setting up to the first page's context; `next` is the first that is still to do."""
    actor = actor_of(request)
    steps = _steps(actor)
    todo = next((step for step in steps if step.needed and not step.count), None)
    return context | {"steps": steps, "next": todo, "organization": actor.organization}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu beside every page; what the person may not open is left out by unfold."""
    return [
        {
            "title": "What is watched",
            "items": [
                _item("Sites", "location_on", "cameras_site", "cameras.manage"),
                _item("Cameras", "videocam", "cameras_camera", "cameras.manage"),
                _item("Presets", "tune", "cameras_preset", "cameras.manage"),
                _link("Senses", "hearing", reverse("senses"), "cameras.manage"),
            ],
        },
        {
            "title": "Who answers",
            "items": [
                _item("Teams", "groups", "accounts_team", "teams.manage"),
                _item("Members", "person", "accounts_membership", "members.manage"),
            ],
        },
        {
            "title": "Access",
            "items": [
                _item("API tokens", "key", "accounts_apitoken", "tokens.manage"),
                _item("Audit trail", "history", "accounts_auditentry", "audit.view"),
            ],
        },
        {
            "separator": True,
            "items": [{"title": "Back to the console", "icon": "arrow_back", "link": reverse("console")}],
        },
    ]


def _item(title: str, icon: str, model: str, right: Right) -> dict[str, Any]:
    return _link(title, icon, reverse(f"admin:{model}_changelist"), right)


def _link(title: str, icon: str, address: str, right: Right) -> dict[str, Any]:
    def may(request: HttpRequest) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.can(right)

    return {"title": title, "icon": icon, "link": address, "permission": may}


def _steps(actor: Actor) -> list[Step]:
    sites, cameras = list(sites_of(actor)), list(cameras_of(actor))
    teams = list(teams_of(actor))
    steps = [
        _step("Sites", "The places that are watched, and which teams answer for each.", len(sites), "cameras_site",
              "Add a site", note=_uncovered(sites)),
        _step("Cameras", "What is watched: an address, a site, and how readily it raises an alarm.", len(cameras),
              "cameras_camera", "Add a camera", note=_not_watching(cameras)),
        _step("Teams", "The people who are alerted of a site's incidents.", len(teams), "accounts_team", "Add a team",
              note=_empty([team.name for team in teams if not team.members.all()])),
    ]  # fmt: skip
    if actor.can("members.manage"):
        steps.append(
            _step("Members", "Who may log in, as owner, manager, operator or viewer.", members_of(actor).count(),
                  "accounts_membership", "Add a member", needed=False)
        )  # fmt: skip
    steps.append(
        _step("Presets", "How readily a camera raises an alarm. Four are ready to use.", presets_of(actor).count(),
              "cameras_preset", "Add a preset", needed=False)
    )  # fmt: skip
    return steps


def _step(
    title: str, purpose: str, count: int, model: str, add_word: str, *, note: str = "", needed: bool = True
) -> Step:
    listed_at, add_at = reverse(f"admin:{model}_changelist"), reverse(f"admin:{model}_add")
    return Step(title, purpose, count, listed_at, add_at, add_word, note, needed)


def _uncovered(sites: list[Site]) -> str:
    alone = [site.name for site in sites if not site.covering_teams.all()]
    return f"No team answers for {_named(alone)}: owners and managers are alerted instead." if alone else ""


def _not_watching(cameras: list[Camera]) -> str:
    dark = [each.name for each in cameras if each.enabled and _status(each) not in WATCHING]
    return f"Not watching right now: {_named(dark)}." if dark else ""


def _empty(names: list[str]) -> str:
    return f"Nobody is in {_named(names)}." if names else ""


def _status(camera: Camera) -> str:
    state = getattr(camera, "state", None)
    return state.status if state else CameraStatus.WAITING


def _named(names: list[str]) -> str:
    said = ", ".join(names[:NAMES_SAID])
    return said if len(names) <= NAMES_SAID else f"{said} and {len(names) - NAMES_SAID} more"
