"""Hold every query inside one organization: the second wall behind the selectors.

PostgreSQL's row-level security compares each row's organization with `app.organization`, which lives for one
transaction. The application's role owns no table, so it cannot step around the policies. Without a scope a query
returns no row and an insert is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.db.migrations.operations import RunSQL

ORGANIZATION = "app.organization"
USER = "app.user"
TOKEN = "app.token"  # noqa: S105 - the name of a setting
INSTALLATION = "app.installation"


def _set(values: dict[str, str]) -> dict[str, str]:
    """Set transaction-local settings and return what they were before, in one round trip."""
    names = list(values)
    reads = ", ".join(f"coalesce(current_setting(%s, true), '') AS before_{i}" for i in range(len(names)))
    reads_back = ", ".join(f"before_{i}" for i in range(len(names)))
    writes = ", ".join(["set_config(%s, %s, true)"] * len(names))
    # MATERIALIZED, so that the old values are read before any is set.
    statement = f"WITH before AS MATERIALIZED (SELECT {reads}) SELECT {reads_back}, {writes} FROM before"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*names, *(item for pair in values.items() for item in pair)])
        row = cursor.fetchone()
    return dict(zip(names, row, strict=False))


@contextmanager
def _scope(values: dict[str, str]) -> Iterator[None]:
    with transaction.atomic():
        before = _set(values)
        yield
        # Inside an outer transaction the setting would outlive this block; after an error the rollback restores it.
        _set(before)


@contextmanager
def tenant(organization_id: UUID, *, user_id: UUID | None = None) -> Iterator[None]:
    """Open a transaction that sees and writes the rows of one organization only."""
    values = {ORGANIZATION: str(organization_id), INSTALLATION: ""}
    if user_id is not None:
        values[USER] = str(user_id)
    with _scope(values):
        yield


@contextmanager
def acting_user(user_id: UUID) -> Iterator[None]:
    """Open a transaction in which a person's own memberships and organizations are visible, nothing else."""
    with _scope({USER: str(user_id)}):
        yield


@contextmanager
def token_lookup(digest: str) -> Iterator[None]:
    """Open a transaction in which the one API token with this digest is visible."""
    with _scope({TOKEN: digest}):
        yield


@contextmanager
def installation() -> Iterator[None]:
    """Open a transaction for the installation's own work (leases, relays): it reads what is run for every organization.

    Only the tables whose policy says so open up: organizations, cameras and their states (read), leases and the
    outbox. No person's request enters it, but for the list from which an administrator of the installation picks.
    """
    with _scope({INSTALLATION: "on", ORGANIZATION: ""}):
        yield


def enter_organization(organization_id: UUID) -> None:
    """Narrow the transaction that is open already (a request's) to one organization."""
    _set({ORGANIZATION: str(organization_id)})


def enter_user(user_id: UUID) -> None:
    """Let the open transaction see this person's own memberships."""
    _set({USER: str(user_id)})


def row_level_security(
    table: str,
    *,
    column: str = "organization_id",
    also_read: str = "",
    installation_reads: bool = False,
    installation_writes: bool = False,
) -> RunSQL:
    """Make the migration operation that walls a table.

    also_read is a further SQL condition under which a row may be read; it never widens what may be written.
    """
    own = f"{column} = vedette_organization()"
    reads, writes = [own], [own]
    if also_read:
        reads.append(also_read)
    if installation_reads or installation_writes:
        reads.append("vedette_installation()")
    if installation_writes:
        writes.append("vedette_installation()")
    read, write = " OR ".join(reads), " OR ".join(writes)
    return RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant_read ON {table} FOR SELECT USING ({read})",
            f"CREATE POLICY tenant_insert ON {table} FOR INSERT WITH CHECK ({write})",
            f"CREATE POLICY tenant_update ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
            f"CREATE POLICY tenant_delete ON {table} FOR DELETE USING ({write})",
        ],
        reverse_sql=[
            *(f"DROP POLICY tenant_{verb} ON {table}" for verb in ("read", "insert", "update", "delete")),
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def tenancy_functions() -> RunSQL:
    """Make the migration operation for the two functions that the policies call."""
    return RunSQL(
        sql=[
            """CREATE FUNCTION vedette_organization() RETURNS uuid LANGUAGE sql STABLE AS
               $$ SELECT nullif(current_setting('app.organization', true), '')::uuid $$""",
            """CREATE FUNCTION vedette_user() RETURNS uuid LANGUAGE sql STABLE AS
               $$ SELECT nullif(current_setting('app.user', true), '')::uuid $$""",
            """CREATE FUNCTION vedette_installation() RETURNS boolean LANGUAGE sql STABLE AS
               $$ SELECT coalesce(current_setting('app.installation', true), '') = 'on' $$""",
        ],
        reverse_sql=[
            "DROP FUNCTION vedette_organization()",
            "DROP FUNCTION vedette_user()",
            "DROP FUNCTION vedette_installation()",
        ],
    )
