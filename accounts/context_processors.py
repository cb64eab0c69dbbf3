"""Give templates the actor: the person, the organization, the role."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.actors import Actor


def actor(request: HttpRequest) -> dict[str, Actor | None]:
    return {"actor": getattr(request, "actor", None)}
