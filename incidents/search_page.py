"""The page on which past events are found by what their pictures show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cameras.frame import Narrowing, frame_context, member_page, uuid_or_none
from cameras.selectors import cameras_of
from incidents.models import Category
from incidents.search import (
    MAX_WORDS,
    Alike,
    NoSceneModel,
    Within,
    models_kept,
    search_words,
    similar_events,
    words_lack,
    words_model,
)

EXAMPLES = (
    "a person lying on the ground",
    "smoke",
    "a crowd",
    "a red car at the gate",
    "a person climbing over a fence",
)
SINCE = {
    "": ("Any time", None),
    "24h": ("The last day", 1),
    "7d": ("The last 7 days", 7),
    "30d": ("The last 30 days", 30),
}
WORDS_RANGE, PICTURES_RANGE = (0.16, 0.34), (0.5, 1.0)
"""Between these cosines lie words that have nothing to do with a picture and words that describe it; and pictures."""
HOW = ((0.75, "very alike"), (0.5, "alike"), (0.25, "somewhat alike"), (-1.0, "hardly alike"))


@dataclass(frozen=True, slots=True)
class Shown:
    """One result: the event, how alike it is in words, and the length of its bar in percent."""

    alike: Alike
    how: str
    width: int

    @classmethod
    def of(cls, alike: Alike, least: float, most: float) -> Shown:
        share = min(1.0, max(0.0, (alike.similarity - least) / (most - least)))
        how = next(words for limit, words in HOW if share >= limit)
        return cls(alike, how, round(share * 100))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for by its address; values that make no sense count as not given."""

    words: str
    like: UUID | None
    camera: UUID | None
    site: UUID | None
    category: str
    since: str

    @classmethod
    def of(cls, request: HttpRequest) -> Wanted:
        query = request.GET
        category, since = query.get("category", ""), query.get("since", "")
        return cls(
            words=query.get("q", "").strip(),
            like=uuid_or_none(query.get("like", "")),
            camera=uuid_or_none(query.get("camera", "")),
            site=uuid_or_none(query.get("site", "")),
            category=category if category in Category.values else "",
            since=since if since in SINCE else "",
        )

    @property
    def within(self) -> Within:
        days = SINCE[self.since][1]
        since = timezone.now() - dt.timedelta(days=days) if days else None
        return Within(camera=self.camera, site=self.site, category=self.category, since=since)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return what the bar's own field carries along when another site is chosen or other words are typed."""
        like = "" if self.words else self.like or ""
        given = {"like": like, "camera": self.camera or "", "category": self.category, "since": self.since}
        return [(name, str(value)) for name, value in given.items() if value]


@member_page
@require_safe
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what was searched for: by words (`?q=`), or without them by likeness to an event (`?like=`)."""
    wanted, narrowing = Wanted.of(request), Narrowing.of(request.GET)
    context: dict[str, Any] = frame_context(actor, room="search", find_action=reverse("search"), narrowing=narrowing)
    context |= {
        "wanted": wanted,
        "q": wanted.words[: MAX_WORDS + 1],
        "find_keep": wanted.kept,
        "cameras": cameras_of(actor).order_by("name"),
        "categories": Category.choices,
        "times": [(value, label) for value, (label, _) in SINCE.items()],
        "examples": EXAMPLES,
        "max_words": MAX_WORDS,
        "narrowed": bool(wanted.camera or wanted.site or wanted.category or wanted.since),
    }
    status = 200
    try:
        context |= _found(actor, wanted)
    except NoSceneModel as missing:
        context["missing"] = str(missing)
    except ValidationError as refusal:
        context["problem"], status = refusal.messages[0], 422
    return render(request, "incidents/search.html", context, status=status)


def _found(actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Return the results, or why there are none."""
    if wanted.words:
        results = [Shown.of(each, *WORDS_RANGE) for each in search_words(actor, wanted.words, within=wanted.within)]
        if results:
            return {"results": results}
        kept = models_kept(actor)
        return {"nothing_kept": not kept, "kept_by_another": bool(kept) and words_model() not in kept}
    if wanted.like is not None:
        event, found = similar_events(actor, wanted.like, within=wanted.within)
        return {"likened": event, "results": [Shown.of(each, *PICTURES_RANGE) for each in found]}
    return {"missing": words_lack(), "nothing_kept": not models_kept(actor)}
