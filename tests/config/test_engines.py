"""The embedded engines themselves: what is in them, and that it stays."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import redis

from config.engines import EngineError, EngineUrls, ensure_running, resolve, running_engines
from config.engines.home import Layout
from tests.config.holders import engines_running


def _use(urls: EngineUrls) -> None:
    with psycopg.connect(urls.database_owner_url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS facts (id bigserial, text text)")
    with psycopg.connect(urls.database_url) as application:
        application.execute("INSERT INTO facts (text) VALUES ('seen')")
    client = redis.Redis.from_url(urls.redis_url)
    client.incr("seen")
    client.close()


def _count(urls: EngineUrls) -> tuple[int, int]:
    with psycopg.connect(urls.database_url) as application:
        (rows,) = application.execute("SELECT count(*) FROM facts").fetchone() or (None,)
    client = redis.Redis.from_url(urls.redis_url)
    seen = int(client.get("seen") or 0)
    client.close()
    return rows, seen


def test_data_survives_a_restart_and_nothing_runs_between(home: Path) -> None:
    for expected in (1, 2):
        with running_engines(home, {}) as urls:
            _use(urls)
            assert _count(urls) == (expected, expected)
        assert not engines_running(home)


def test_a_long_path_with_spaces_works_and_its_sockets_do_not_stay(home: Path) -> None:
    long = home / ("a long folder " * 8).strip() / "hömé"
    assert len(str(long)) > 107
    sockets = Layout(long).sockets
    assert sockets is not None
    with running_engines(long, {}) as urls:
        _use(urls)
        assert _count(urls) == (1, 1)
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_sockets_are_not_put_into_someone_elses_folder(home: Path) -> None:
    long = home / ("x" * 120)
    sockets = Layout(long).sockets
    assert sockets is not None
    sockets.symlink_to("/")
    try:
        with pytest.raises(EngineError, match=f"^{sockets} belongs to user id"):
            ensure_running(long, {})
    finally:
        sockets.unlink()


def test_the_applications_role_uses_tables_but_may_not_shape_them(home: Path) -> None:
    with running_engines(home, {}) as urls:
        _use(urls)
        with psycopg.connect(urls.database_url, autocommit=True) as application:
            row = application.execute(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
                " WHERE rolname = current_user"
            ).fetchone()
            assert row == ("vedette_app", False, False, False, False)
            application.execute("UPDATE facts SET text = 'changed'")
            application.execute("DELETE FROM facts")
            for forbidden in ("CREATE TABLE other ()", "TRUNCATE facts", "DROP TABLE facts", "CREATE SCHEMA other"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    application.execute(forbidden)  # type: ignore[arg-type]


def test_the_owner_is_no_superuser_and_owns_the_database(home: Path) -> None:
    with running_engines(home, {}) as urls, psycopg.connect(urls.database_owner_url) as owner:
        assert owner.execute(
            "SELECT rolsuper, rolbypassrls, pg_get_userbyid(datdba) FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        ).fetchone() == (False, False, "vedette_owner")


def test_a_database_made_by_the_owner_has_the_same_rights_and_pgvector(home: Path) -> None:
    with running_engines(home, {}) as urls:
        with psycopg.connect(urls.database_owner_url, autocommit=True) as owner:
            owner.execute("CREATE DATABASE test_vedette")
        with psycopg.connect(urls.database_owner_url, dbname="test_vedette") as owner:
            owner.execute("CREATE TABLE faces (id serial, face vector(3))")
        with psycopg.connect(urls.database_url, dbname="test_vedette") as application:
            application.execute("INSERT INTO faces (face) VALUES ('[1,2,3]')")
            assert application.execute("SELECT id, face::text FROM faces").fetchall() == [(1, "[1,2,3]")]


def test_nothing_listens_on_the_network(home: Path) -> None:
    with running_engines(home, {}) as urls:
        with psycopg.connect(urls.database_url) as application:
            assert application.execute("SHOW listen_addresses").fetchone() == ("",)
        client = redis.Redis.from_url(urls.redis_url)
        assert client.config_get("port") == {"port": "0"}
        client.close()


def test_with_both_urls_given_nothing_is_started_or_written(home: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://app@db/v", "REDIS_URL": "redis://r"}
    with running_engines(home, environ) as urls:
        assert urls == resolve(home, environ)
    assert not home.exists()
