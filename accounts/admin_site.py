"""The admin: where managers set up one organization's sites, cameras, presets and teams."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from accounts.actors import Actor


class VedetteAdminSite(UnfoldAdminSite):
    """Open to the people who manage an organization; each page shows that organization alone."""

    index_title = "Settings"

    def has_permission(self, request: HttpRequest) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        return bool(actor and actor.can("cameras.manage"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to the portal's own login, which is throttled, and tell a member whose role is too small."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("login"))
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            raise PermissionDenied("You belong to no organization. Ask an owner of yours to add you.")
        actor.require("cameras.manage")
        return HttpResponseRedirect(reverse("admin:index"))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        # Django registers its groups by itself; rights come from roles here.
        if Group not in (model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]):
            super().register(model_or_iterable, admin_class, **options)
