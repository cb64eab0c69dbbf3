"""The console's pages and panels: the queue, and one incident of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cameras.frame import member_page, uuid_or_none
from incidents.models import Incident
from incidents.panels import Asked, console_context, incident_context
from incidents.selectors import incident_get


@member_page
@require_safe
def console(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the queue, and beside it the first incident of it."""
    return _page(request, actor, None)


@member_page
@require_safe
def incident(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Show one incident, with the queue it was chosen from beside it."""
    return _page(request, actor, incident_get(actor, incident_id))


@member_page
@require_safe
def console_queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the queue and its switches."""
    context = console_context(actor, Asked.of(request.GET, actor), uuid_or_none(request.GET.get("selected", "")))
    return render(request, "incidents/queue_panel.html", context)


@member_page
@require_safe
def console_card(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Return one card of the queue."""
    return render(request, "incidents/card.html", card_context(request, actor, incident_get(actor, incident_id)))


@member_page
@require_safe
def console_stage(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Return one incident's panels; `?part=live` or `player` leaves out what a person may be typing in or watching."""
    context = incident_context(actor, incident_get(actor, incident_id), uuid_or_none(request.GET.get("event", "")))
    part = request.GET.get("part", "")
    context |= {"query": Asked.of(request.GET, actor).query(), "with_player": part == "player"}
    template = "incidents/live.html" if part in ("live", "player") else "incidents/incident.html"
    return render(request, template, context)


@member_page
@require_safe
def console_emergency(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Return what the dialog of an unanswered emergency holds."""
    return render(request, "incidents/emergency.html", incident_context(actor, incident_get(actor, incident_id)))


def card_context(request: HttpRequest, actor: Actor, found: Incident) -> dict[str, object]:
    """Return what a card needs when it is rendered alone; `?selected=` is the incident that is open beside it."""
    found.pictures = sorted(found.events.all(), key=lambda event: -event.peak_score)  # type: ignore[attr-defined]
    selected = uuid_or_none(request.GET.get("selected", ""))
    return {"incident": found, "query": Asked.of(request.GET, actor).query(), "selected": selected}


def _page(request: HttpRequest, actor: Actor, chosen: Incident | None) -> HttpResponse:
    context = console_context(actor, Asked.of(request.GET, actor), chosen.id if chosen else None)
    cards = context["cards"]
    shown = chosen or (incident_get(actor, cards[0].id) if cards else None)
    if shown:
        context |= incident_context(actor, shown, uuid_or_none(request.GET.get("event", "")))
    context |= {"selected": shown.id if shown else None, "view": "incident" if chosen else "queue"}
    return render(request, "incidents/console.html", context)
