"""Find past events by what their pictures show: by words, or by their likeness to another event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from pgvector.django import CosineDistance

from accounts.actors import Actor
from incidents.models import Event, EventEmbedding
from incidents.scene_words import NoSceneModel, words_lack, words_model, words_vector
from incidents.selectors import event_get, events_of

MAX_WORDS = 200
MOST = 50
USUAL = 24

_READ_ON = (
    "SELECT set_config('hnsw.iterative_scan', 'strict_order', true), "
    "set_config('hnsw.max_scan_tuples', '2147483647', true), set_config('hnsw.scan_mem_multiplier', '100', true)"
)
"""The index knows neither organizations nor cameras: it reads on past the nearest of others until enough are ours."""

__all__ = [
    "Alike",
    "NoSceneModel",
    "Within",
    "events_like",
    "models_kept",
    "search_words",
    "similar_events",
    "words_lack",
    "words_model",
]


@dataclass(frozen=True, slots=True)
class Alike:
    """One event, and how alike it is: the cosine of the directions, −1 to 1. Words and pictures lie near 0.2–0.35."""

    event: Event
    similarity: float


@dataclass(frozen=True, slots=True)
class Within:
    """What a search is narrowed to: events that started at `since` or later and before `until`; None is everything."""

    camera: UUID | None = None
    site: UUID | None = None
    category: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def search_words(actor: Actor, words: str, *, within: Within | None = None, limit: int = USUAL) -> list[Alike]:
    """Return the events whose pictures are most like some words, the most alike first.

    Raises:
        NoSceneModel: there is no model that reads words, or it is broken; the message says how to get it.
        ValidationError: there are no words, or more than MAX_WORDS letters.
    """
    words = " ".join(words.split())
    if not words:
        raise ValidationError({"q": "Write what the picture shows, such as “person lying on the ground”."})
    if len(words) > MAX_WORDS:
        raise ValidationError({"q": f"These are {len(words)} letters; at most {MAX_WORDS} are read. Use fewer words."})
    actor.require("incidents.view")
    model, vector = words_vector(words)
    return events_like(actor, vector, model, within=within, limit=limit)


def similar_events(
    actor: Actor, event_id: UUID, *, within: Within | None = None, limit: int = USUAL
) -> tuple[Event, list[Alike]]:
    """Return an event and those that look most like it, the most alike first; Http404 for a stranger.

    The list is empty for an event of which nothing was kept.
    """
    event = event_get(actor, event_id)
    kept = EventEmbedding.objects.filter(organization_id=actor.organization_id, event_id=event.id).first()
    if kept is None:
        return event, []
    return event, events_like(actor, list(kept.vector), kept.model, within=within, limit=limit, but=event.id)


def events_like(
    actor: Actor,
    vector: Sequence[float],
    model: str,
    *,
    within: Within | None = None,
    limit: int = USUAL,
    but: UUID | None = None,
) -> list[Alike]:
    """Return the events whose directions by the same model are nearest, the nearest first, in three queries."""
    within = within or Within()
    found = EventEmbedding.objects.filter(organization_id=actor.organization_id, model=model)
    if but is not None:
        found = found.exclude(event_id=but)
    if within.camera is not None:
        found = found.filter(event__camera_id=within.camera)
    if within.site is not None:
        found = found.filter(event__camera__site_id=within.site)
    if within.since is not None:
        found = found.filter(event__started_at__gte=within.since)
    if within.until is not None:
        found = found.filter(event__started_at__lt=within.until)
    if within.category:
        found = found.filter(event__category=within.category)
    near = found.annotate(distance=CosineDistance("vector", list(vector))).order_by("distance", "event_id")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_READ_ON)
        rows = list(near.values_list("event_id", "distance")[: max(1, min(limit, MOST))])
    events = {event.id: event for event in events_of(actor).filter(id__in=[event_id for event_id, _ in rows])}
    return [Alike(events[event_id], 1.0 - distance) for event_id, distance in rows if event_id in events]


def models_kept(actor: Actor) -> set[str]:
    """Return the versions of the models by which anything was kept that a search could find."""
    actor.require("incidents.view")
    kept = EventEmbedding.objects.filter(organization_id=actor.organization_id)
    return set(kept.values_list("model", flat=True).distinct())
