from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from accounts.models import Membership, Organization, Team
from accounts.services import membership_add
from accounts.tenancy import acting_user, installation, tenant

INSTALLATION_TABLES = {
    "accounts_user",  # a person may work in several organizations
    "workers_workernode",  # machines belong to the installation
}


def tenant_tables() -> list[str]:
    ours = {"accounts", "cameras", "incidents", "workers"}
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in ours}
    return sorted(tables - INSTALLATION_TABLES)


@pytest.mark.parametrize("table", tenant_tables())
def test_no_organization_set_reads_nothing(cast: Any, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", tenant_tables())
def test_every_tenant_table_is_walled_for_a_role_that_owns_nothing(cast: Any, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = %s::regclass",
            [table],
        )
        assert cursor.fetchone() == (True, False)


def test_the_application_role_cannot_step_around_the_walls(cast: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)


def test_a_scope_sees_its_own_organization_alone(cast: Any) -> None:
    with tenant(cast.acme.id):
        assert list(Organization.objects.values_list("name", flat=True)) == ["Acme"]
        assert Membership.objects.count() == 4
    with tenant(cast.globex.id):
        assert Membership.objects.get().user.full_name == "Greta"


def test_scopes_nest_and_the_outer_one_returns(cast: Any) -> None:
    with tenant(cast.acme.id):
        with tenant(cast.globex.id):
            assert Membership.objects.count() == 1
        assert Membership.objects.count() == 4
    assert Membership.objects.count() == 0


def test_an_error_inside_a_scope_closes_it(cast: Any) -> None:
    with pytest.raises(KeyError), tenant(cast.acme.id):
        raise KeyError
    assert Membership.objects.count() == 0


def test_a_row_of_another_organization_cannot_be_written(cast: Any) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), tenant(cast.acme.id):
        Team.objects.create(organization_id=cast.globex.id, name="Spies")
    with tenant(cast.globex.id):
        assert Team.objects.count() == 0


def test_a_row_cannot_be_moved_to_another_organization(cast: Any) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), tenant(cast.acme.id):
        Team.objects.filter(name="Fire").update(organization_id=cast.globex.id)


def test_a_person_sees_their_own_memberships_before_choosing(cast: Any) -> None:
    membership_add(organization_id=cast.globex.id, user=cast.omar.user, role="viewer", at=timezone.now())
    with acting_user(cast.omar.user.id):
        assert Membership.objects.count() == 2
        assert set(Organization.objects.values_list("name", flat=True)) == {"Acme", "Globex"}
    with acting_user(uuid.uuid4()):
        assert Organization.objects.count() == 0


def test_the_installation_sees_organizations_but_not_their_people(cast: Any) -> None:
    with installation():
        assert Organization.objects.count() == 2
        assert Membership.objects.count() == 0
        assert Team.objects.count() == 0
