"""The page on which past events are found by what their pictures show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cameras.frame import Narrowing, frame_context, member_page, uuid_or_none
from cameras.selectors import cameras_of
from incidents.search import MAX_WORDS, Alike, NoSceneModel, Within, embedded, search_words, similar_events

EXAMPLES = ("a person lying on the ground", "smoke", "a crowd", "a red car", "a person climbing over a fence")
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


@member_page
@require_safe
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what was searched for: by words (`?q=`), or by likeness to an event (`?like=`)."""
    query, narrowing = request.GET, Narrowing.of(request.GET)
    words, like = query.get("q", "").strip(), uuid_or_none(query.get("like", ""))
    since = query.get("since", "") if query.get("since", "") in SINCE else ""
    camera = uuid_or_none(query.get("camera", ""))
    context: dict[str, Any] = frame_context(actor, room="search", find_action=reverse("search"), narrowing=narrowing)
    context |= {
        "q": words[: MAX_WORDS + 1],
        "like": like,
        "since": since,
        "chosen_camera": camera,
        "cameras": cameras_of(actor).order_by("name"),
        "times": [(value, label) for value, (label, _) in SINCE.items()],
        "examples": EXAMPLES,
        "max_words": MAX_WORDS,
    }
    within = Within(camera=camera, site=narrowing.site, since=_since(since))
    status = 200
    try:
        if like is not None:
            event, found = similar_events(actor, like, within=within)
            context |= {"likened": event, "results": [Shown.of(each, *PICTURES_RANGE) for each in found]}
        elif words:
            results = search_words(actor, words, within=within)
            context["results"] = [Shown.of(each, *WORDS_RANGE) for each in results]
    except NoSceneModel as missing:
        context["missing"] = str(missing)
    except ValidationError as refusal:
        context["problem"], status = refusal.messages[0], 422
    if not context.get("results") and "missing" not in context:
        context["nothing_kept"] = not embedded(actor)
    return render(request, "incidents/search.html", context, status=status)


def _since(value: str) -> dt.datetime | None:
    days = SINCE[value][1]
    return timezone.now() - dt.timedelta(days=days) if days else None
