"""Run the tests on the real engines: a throwaway PostgreSQL and Redis, and the application's own database role."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

FLUSHES = 5

# Before Django reads its settings: a home of our own, and no engine that the shell may point at.
HOME = Path(tempfile.mkdtemp(prefix="vedette-test-"))
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "VEDETTE_MODELS", "VEDETTE_HOSTS", "VEDETTE_HTTPS"):
    os.environ.pop(name, None)
os.environ["VEDETTE_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
# Playwright's event loop runs in the tests' own thread, where Django would refuse plain queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is required, a test that cannot run has failed."""
    report = yield
    if report.skipped and os.environ.get("VEDETTE_REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def engines() -> Iterator[None]:
    """The engines of the test home, for as long as the session runs."""
    from config.engines import running_engines

    with running_engines(HOME):
        yield


def again_after_deadlock(empty: Callable[[list[str]], None]) -> Callable[[list[str]], None]:
    """Empty the tables in spite of a request that a closed browser left behind, which reads them in another order."""
    from django.db import OperationalError

    def emptied(statements: list[str]) -> None:
        for _ in range(FLUSHES - 1):
            try:
                return empty(statements)
            except OperationalError as error:
                if not isinstance(error.__cause__, psycopg.errors.DeadlockDetected):
                    raise
        return empty(statements)

    return emptied


@pytest.fixture(scope="session")
def django_db_setup(engines: None, django_db_blocker: Any) -> Iterator[None]:
    """Migrate as the owner; then let the application's role empty tables, which only these tests need."""
    from django.core.management import call_command
    from django.db import connections

    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        with connections["owner"].cursor() as cursor:
            cursor.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO vedette_app")
        connections["owner"].close()
        operations = connections["default"].ops
        operations.execute_sql_flush = again_after_deadlock(operations.execute_sql_flush)
        yield
        connections.close_all()


@pytest.fixture
def cast(db: None) -> Any:
    """Acme with Olga, Mia, Omar and Vera; Globex with Greta, the stranger."""
    from tests.cast import make_cast

    return make_cast()
