"""The roles and the database inside the embedded PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg import Connection, sql

SUPERUSER = "postgres"
# The owner may create databases: the tests make theirs. Neither passes row-level security by attribute.
ROLES = {
    "vedette_owner": "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS CREATEDB",
    "vedette_app": "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB",
}
DATABASE = "vedette"
APPLICATION_RIGHTS = {
    "TABLES": "SELECT, INSERT, UPDATE, DELETE",
    "SEQUENCES": "SELECT, USAGE",
    "FUNCTIONS": "EXECUTE",
}


def create_roles_and_database(connection: Connection[Any], connect: Callable[[str], Connection[Any]]) -> None:
    """Create what is missing, as the superuser; `connection` is in autocommit, `connect` opens a named database.

    The rights go into template1 first, so that every database made from it, the tests' too, has them.
    """
    for role, attributes in ROLES.items():
        verb = "ALTER" if _exists(connection, "pg_roles", "rolname", role) else "CREATE"
        connection.execute(sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes)))
    with connect("template1") as template:
        _grant_rights(template)
    if not _exists(connection, "pg_database", "datname", DATABASE):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER vedette_owner").format(sql.Identifier(DATABASE)))


def _grant_rights(connection: Connection[Any]) -> None:
    for kind, rights in APPLICATION_RIGHTS.items():
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE vedette_owner GRANT {} ON {} TO vedette_app").format(
                sql.SQL(rights), sql.SQL(kind)
            )
        )
    if _exists(connection, "pg_available_extensions", "name", "vector"):
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


def _exists(connection: Connection[Any], catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(query, [name]).fetchone() is not None
