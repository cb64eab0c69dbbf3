"""What every write here shares: the right, the organization's scope, and refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from accounts.actors import Actor
from accounts.models import TenantModel
from accounts.tenancy import tenant

Row = TypeVar("Row", bound=models.Model)

_TAKEN = {
    "site_name_in_organization": "There is a site with this name already.",
    "preset_name_in_organization": "There is a preset with this name already.",
    "camera_name_at_site": "There is a camera with this name at this site already.",
}


@contextmanager
def writing(organization_id: UUID, actor: Actor | None) -> Iterator[None]:
    """Open a transaction in one organization.

    Raises:
        PermissionDenied: the actor may not manage cameras, or acts in another organization.
    """
    if actor is not None:
        if actor.organization_id != organization_id:
            raise PermissionDenied("You are working in another organization.")
        actor.require("cameras.manage")
    with tenant(organization_id):
        yield


def insert_or_update(row: TenantModel, update_fields: list[str] | None = None) -> None:
    """Validate and save; a name that somebody else took, even this instant, is a ValidationError on `name`."""
    row.full_clean(exclude=["organization"], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding, update_fields=update_fields)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in _TAKEN:
            raise
        raise ValidationError({"name": _TAKEN[name]}) from error


def delete_unless_used(row: models.Model, refusal: str) -> None:
    """Delete a row and what belongs to it; raises ValidationError with the refusal while something needs the row."""
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError as error:
        raise ValidationError(refusal) from error


def found(row: Row | None, field: str, what: str) -> Row:
    """Return the row that a caller named, or refuse on that field: PostgreSQL's foreign keys look past the tenancy."""
    if row is None:
        raise ValidationError({field: f"There is no such {what} in your organization."})
    return row
