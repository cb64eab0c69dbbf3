"""Pages about the person: the password, and the organization they work in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.middleware import CURRENT
from accounts.models import Membership
from accounts.selectors import organizations_for
from accounts.services import organization_enter


@login_required
@require_GET
def password_changed(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Your password is changed.")
    return redirect("console")


@login_required
@require_http_methods(["GET", "POST"])
def organizations(request: HttpRequest) -> HttpResponse:
    """List where the person can work; a POST goes there. Entering without membership is recorded there."""
    found = organizations_for(request.user)
    if request.method == "POST":
        chosen = next((each for each in found if str(each.id) == request.POST.get("organization")), None)
        if chosen is None:
            raise Http404
        if not Membership.objects.filter(user=request.user, organization_id=chosen.id).exists():
            organization_enter(user=request.user, organization_id=chosen.id, at=timezone.now())
        request.session[CURRENT] = str(chosen.id)
        return redirect("console")
    current: UUID | None = request.actor.organization_id if request.actor else None
    rows = [{"id": each.id, "name": each.name, "slug": each.slug, "current": each.id == current} for each in found]
    return render(request, "accounts/organizations.html", {"organizations": rows})
