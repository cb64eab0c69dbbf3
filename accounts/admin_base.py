"""The base of every admin page: one organization's rows, rights by role, and saves that go through services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from accounts.actors import Actor, Right
from accounts.models import TenantModel


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks; only pages behind the admin's own permission check may call this."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Http404
    return actor


class TenantForm(forms.ModelForm):
    """A form whose new rows belong to the actor's organization, so that a taken name is told on the page."""

    actor: ClassVar[Actor]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.organization_id = self.actor.organization_id

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"organization"}

    def check(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call one of the services' checks from clean(), and show what it refuses beside the field it names."""
        try:
            return function(*args, **kwargs)
        except ValidationError as refusal:
            self.add_error(None, refusal)
        return None


class TenantAdmin(ModelAdmin):
    """Show and change one organization's rows.

    A subclass names the right that its pages need, and turns a valid form into a call of a service in `write` and a
    deletion in `remove`. Services write the audit trail, so Django's own admin log stays empty.
    """

    right: Right = "cameras.manage"
    purpose = ""
    """What the empty list says these are for."""
    form = TenantForm
    list_filter_sheet = False

    write: Callable[[Actor, Any, UUID | None], TenantModel]
    """Create (row id None) or change a row through a service, from a valid form, and return it."""

    remove: Callable[[Actor, UUID], None]
    """Delete a row through a service."""

    # Who may: the role decides; whose: the queryset decides.

    def has_module_permission(self, request: HttpRequest) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.can(self.right)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.filter(organization_id=actor_of(request).organization_id)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        related = db_field.remote_field.model
        if issubclass(related, TenantModel):
            own = related._default_manager.filter(organization_id=actor_of(request).organization_id)
            kwargs.setdefault("queryset", own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"actor": actor_of(request)})

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        # Django would send people to the start page with a message; elsewhere here the unknown is a 404.
        raise Http404

    # Writes.

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        saved = self.write(actor_of(request), form, obj.pk if change else None)
        obj.pk, obj._state.adding = saved.pk, False
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(actor_of(request), obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset.order_by("pk"):
            self.remove(actor_of(request), row.pk)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"show_history": False, **(extra_context or {})}
        return self._or_say_why_not(request, super().changeform_view, object_id, form_url, context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return self._or_say_why_not(request, super().changelist_view, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404  # before the right is asked for: a stranger must not learn that there is such a row
        return self._or_say_why_not(request, super().delete_view, object_id, extra_context)

    def _or_say_why_not(self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any) -> HttpResponse:
        """Show a service's refusal (something changed since the form was checked) as a message, with nothing done."""
        try:
            with transaction.atomic():
                return view(request, *args)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
            return HttpResponseRedirect(request.get_full_path())

    # Django's log keeps names beside user ids in a table without row-level security; the audit trail has it all.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404
