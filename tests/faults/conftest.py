"""One running installation for all fault tests: real engines, real workers, a real camera."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Acme with two watching nodes, for the tests of one module. Emptied at the end."""
    from django.core.management import call_command
    from django.db import connections

    from tests.faults.world import running_world

    with django_db_blocker.unblock():
        try:
            with running_world(tmp_path_factory.mktemp("faults")) as world:
                yield world
        finally:
            # As pytest-django empties tables: the application's role may truncate them here, and owns no sequence.
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)
            connections.close_all()
