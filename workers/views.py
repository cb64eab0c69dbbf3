"""Pages about the installation itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cameras.frame import Narrowing, frame_context, member_page
from workers.health import looked_at
from workers.model_store import stages, store
from workers.system import ADVICE, PART_WORDS, STAGES, camera_lines, jobs_waiting, node_lines, room


@member_page
@require_safe
def models(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show managers what each stage can use, what is installed, and how to get the rest."""
    actor.require("cameras.manage", to="see the models of this installation")
    context = frame_context(actor, room="models", find_action=reverse("console"), narrowing=Narrowing())
    context["stages"] = stages(store().states())
    context["own"] = store().others()
    return render(request, "workers/models.html", context)


@member_page
@require_safe
def system(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show managers how many more cameras fit, how each process is doing, and what each stage costs their cameras."""
    actor.require("cameras.manage", to="see how this installation is doing")
    lines = node_lines()
    context = frame_context(actor, room="system", find_action=reverse("console"), narrowing=Narrowing())
    context["nodes"], context["more"] = lines, room(lines)
    context["watching"] = watching = [line for line in lines if line.alive and not line.draining]
    context["unmeasured"] = [line.name for line in watching if line.more is None]
    context["stages"], context["cameras"] = STAGES, camera_lines(actor)
    context["jobs"] = jobs_waiting()
    context["parts"] = [
        (PART_WORDS[name], part, "" if part["ok"] else ADVICE[name]) for name, part in looked_at().items()
    ]
    return render(request, "workers/system.html", context)
