"""What the database needs before the children start: its tables, and on an empty installation the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from config.engines import EngineUrls
from config.engines.roles import SUPERUSER
from workers.demo import demo_organization
from workers.supervisor.preflight import Refusal


def require_owner(environ: Mapping[str, str]) -> None:
    """Refuse to migrate as the application's role: as the tables' owner it would walk past row-level security."""
    if environ.get("DATABASE_URL") and not environ.get("DATABASE_OWNER_URL"):
        raise Refusal(
            "DATABASE_URL is set and DATABASE_OWNER_URL is not. Set it to the role that owns the schema, "
            "another one than the application's: migrations run as that role."
        )


def migrate(say: Callable[[str], None]) -> None:
    """Bring the tables up to date as their owner, saying so when there is something to do.

    Raises:
        Refusal: the database does not let the owner in.
    """
    try:
        executor = MigrationExecutor(connections["owner"])
    except OperationalError as error:
        raise Refusal(f"The database cannot be used as the owner of its tables: {error}") from error
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not steps:
        return
    say(f"Preparing the database: {len(steps)} steps.")
    call_command("migrate", database="owner", verbosity=0, interactive=False)


def wants_demo(urls: EngineUrls) -> bool:
    """Return whether this installation is empty, or is the demo already: then its logins are shown once more."""
    return demo_organization() is not None or not _has_organization(urls)


def _has_organization(urls: EngineUrls) -> bool:
    """Look past row-level security, as the embedded cluster's superuser."""
    table = apps.get_model("accounts", "Organization")._meta.db_table
    where = conninfo_to_dict(urls.database_owner_url) | {"user": SUPERUSER}
    with psycopg.connect(**where) as connection:  # type: ignore[arg-type]
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        (exists,) = connection.execute(query).fetchone() or (False,)
    return bool(exists)


def close_connections() -> None:
    """Close what the preparation opened: the children are started from a process without open sockets."""
    connections.close_all()
