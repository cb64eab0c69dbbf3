"""The admin: where managers set up one organization's sites, cameras, presets and teams."""

from __future__ import annotations

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class VedetteAdminSite(UnfoldAdminSite):
    """Open to the people who manage an organization; each page shows that organization alone."""

    def has_permission(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        return bool(actor and actor.can("cameras.manage"))
