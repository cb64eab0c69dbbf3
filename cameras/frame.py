"""The frame around the portal's pages: who may see them, and what the bar on top shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.actors import Actor
from cameras.selectors import sites_of

WORDS_CHARS = 80
FIND_WHAT = {"cameras": "cameras", "search": "pictures"}
"""What the bar's field searches in a room; incidents everywhere else."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the bar's site filter and search ask for; values that make no sense count as not given."""

    site: UUID | None = None
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Narrowing:
        return cls(site=uuid_or_none(query.get("site", "")), words=query.get("q", "").strip()[:WORDS_CHARS])

    def __bool__(self) -> bool:
        return bool(self.site or self.words)


def member_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page be opened by people who work in an organization; the view gets their actor after the request.

    Somebody who is logged in but works nowhere is sent to choose an organization.
    """

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        return redirect("organizations") if actor is None else view(request, actor, *args, **kwargs)

    return guarded


def frame_context(actor: Actor, *, room: str, find_action: str, narrowing: Narrowing) -> dict[str, Any]:
    """Return what templates/frame.html needs: the site filter and search of this room, and the rail."""
    return {
        "room": room,
        "find_action": find_action,
        "find_what": FIND_WHAT.get(room, "incidents"),
        "sites": sites_of(actor),
        "chosen_site": narrowing.site,
        "words": narrowing.words,
        "may_manage": actor.can("cameras.manage"),
        "may_act": actor.can("incidents.act"),
    }


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
