"""Filters of the portal's templates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.templatetags import tz
from django.utils import timezone

from accounts.actors import Actor
from cameras.models import Camera
from incidents import words
from incidents.models import Event, Incident
from incidents.panels import Waiting
from incidents.panels import waiting as panels_waiting
from incidents.selectors import incidents_of, outbox_position
from incidents.sense_words import SenseLine, sense_lines

register = template.Library()

THUMB_LEAD_S = 2.0
"""What a card's loop shows before the highest moment."""


@register.filter
def since(moment: dt.datetime) -> str:
    """How long ago, as the page's own counting goes on from: 3:10."""
    return words.since(moment, timezone.now())


@register.filter
def headline(reason: str) -> str:
    return words.headline(reason)


@register.filter
def figures(reason: str) -> str:
    return words.figures(reason)


@register.filter
def part_line(part: dict[str, Any]) -> words.PartLine:
    return words.part_line(part)


@register.filter
def senses(event: Event | None) -> list[SenseLine]:
    """What each sense said at an event's peak."""
    return sense_lines(event.tier1_components) if event is not None else []


@register.filter
def in_zone(moment: dt.datetime, zone: str) -> dt.datetime:
    """The moment on the clocks of a site; `date` would turn a plain datetime back to the server's."""
    return tz.do_timezone(moment, zone)


@register.filter
def lasted(ended: dt.datetime, started: dt.datetime) -> str:
    return words.length((ended - started).total_seconds())


@register.filter
def shown_from(event: Event) -> str:
    """Seconds into an event's clip from where a card shows it: shortly before its highest moment."""
    if event.clip_started_at is None:
        return "0"
    return f"{max(0.0, (event.peak_at - event.clip_started_at).total_seconds() - THUMB_LEAD_S):.1f}"


@register.filter
def percent(share: float) -> str:
    return f"{share:.0%}"


@register.simple_tag
def position(actor: Actor) -> int:
    """The newest change that a page rendered now has seen: from there its console listens on."""
    return outbox_position(actor)


@register.simple_tag
def waiting(actor: Actor) -> Waiting:
    """The open incidents of this person: every page counts them in its title and asks about emergencies."""
    return panels_waiting(actor)


@register.simple_tag
def happened_at(actor: Actor, camera: Camera) -> list[Incident]:
    """The camera's latest incidents; a tag, because the cameras' pages know nothing of incidents."""
    return list(incidents_of(actor).filter(camera=camera).order_by("-opened_at", "-number")[:8])


@register.filter
def score(value: float) -> str:
    """A score 0–1 with two places, as its threshold is written."""
    return f"{value:.2f}"
