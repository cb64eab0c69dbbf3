"""Pages about the installation itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cameras.frame import Narrowing, frame_context, member_page
from workers.model_store import stages, store


@member_page
@require_safe
def models(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show managers what each stage can use, what is installed, and how to get the rest."""
    actor.require("cameras.manage")
    context = frame_context(actor, room="models", find_action=reverse("console"), narrowing=Narrowing())
    context["stages"] = stages(store().states())
    context["own"] = store().others()
    return render(request, "workers/models.html", context)
