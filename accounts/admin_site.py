"""The admin: where managers set up one organization's sites, cameras, presets and teams."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class VedetteAdminSite(UnfoldAdminSite):
    """Open to the people who manage an organization; each page shows that organization alone."""

    def has_permission(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        return bool(actor and actor.can("cameras.manage"))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        # Django registers its groups by itself; rights come from roles here.
        if Group not in (model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]):
            super().register(model_or_iterable, admin_class, **options)
