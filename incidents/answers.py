"""What people do about an incident from the console: each is a plain form, or an htmx request answered with panels."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from cameras.frame import member_page, uuid_or_none
from incidents.panels import Asked, incident_context
from incidents.selectors import incident_get
from incidents.services import incidents as services
from incidents.services.errors import AlreadyTaken, IncidentConflict
from incidents.views import card_context
from incidents.words import since


@member_page
@require_POST
def incident_acknowledge(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Take an open incident."""
    return _answer(
        request,
        actor,
        incident_id,
        lambda: services.incident_acknowledge(actor=actor, incident_id=incident_id, at=timezone.now()),
    )


@member_page
@require_POST
def incident_resolve(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Close an incident with `disposition` and an optional `note`."""
    disposition, note = request.POST.get("disposition", ""), request.POST.get("note", "")
    return _answer(
        request,
        actor,
        incident_id,
        lambda: services.incident_resolve(
            actor=actor, incident_id=incident_id, disposition=disposition, note=note, at=timezone.now()
        ),
        said=f"Resolved as {disposition}.",
        undo="incident-reopen",
    )


@member_page
@require_POST
def incident_reopen(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Take a resolved incident up again: the undo of resolving."""
    return _answer(
        request,
        actor,
        incident_id,
        lambda: services.incident_reopen(actor=actor, incident_id=incident_id, at=timezone.now()),
        said="It is open again, and you are on it.",
    )


@member_page
@require_POST
def incident_comment(request: HttpRequest, actor: Actor, incident_id: UUID) -> HttpResponse:
    """Write `text` into the timeline."""
    text = request.POST.get("text", "")
    return _answer(
        request,
        actor,
        incident_id,
        lambda: services.incident_comment(actor=actor, incident_id=incident_id, text=text, at=timezone.now()),
    )


def _answer(
    request: HttpRequest,
    actor: Actor,
    incident_id: UUID,
    act: Callable[[], object],
    *,
    said: str = "",
    undo: str = "",
) -> HttpResponse:
    """Do it; then show the incident as it is now, with the reason when it was refused (409, or 422 for bad values)."""
    status = 200
    try:
        act()
    except IncidentConflict as refusal:
        status, said, undo = 409, _refused(refusal), ""
    except ValidationError as invalid:
        status, said, undo = 422, " ".join(invalid.messages), ""
    asked = Asked.of(request.GET, actor)
    if not request.htmx:  # type: ignore[attr-defined]
        if said:
            messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, said)
        query = asked.query()
        return redirect(reverse("incident", args=[incident_id]) + (f"?{query}" if query else ""))
    found = incident_get(actor, incident_id)
    context = incident_context(actor, found, uuid_or_none(request.POST.get("event", "")))
    context |= card_context(request, actor, found)
    # The stage may show another incident than the one that a dialog or an undo speaks of.
    context |= {"text": said, "refused": "error" if status != 200 else "", "undo": undo}
    context["on_stage"] = request.POST.get("open") == str(incident_id)
    return render(request, "incidents/answer.html", context, status=status)


def _refused(refusal: IncidentConflict) -> str:
    if isinstance(refusal, AlreadyTaken):
        did = "took" if refusal.what == "acknowledged" else "resolved"
        return f"{refusal.who} {did} it {since(refusal.when, timezone.now())} ago."
    return str(refusal)
