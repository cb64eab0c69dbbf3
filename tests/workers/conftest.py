"""What the tests of the workers share: nodes, and a second session with the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection


@pytest.fixture
def node() -> Callable[..., UUID]:
    """Register a node by name; it has four slots unless told otherwise."""
    from workers.nodes import node_register

    def register(name: str = "alpha", slots: int = 4) -> UUID:
        return node_register(name=name, host=f"host of {name}", device="cpu", slots=slots)

    return register


@pytest.fixture
def beside() -> Callable[[Callable[[], Any]], Any]:
    """Run something in another thread, with its own connection, and return its result or raise its error."""

    def run(work: Callable[[], Any]) -> Any:
        results: list[Any] = []
        errors: list[BaseException] = []

        def call() -> None:
            try:
                results.append(work())
            except BaseException as error:
                errors.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=call)
        thread.start()
        thread.join(20)
        assert not thread.is_alive(), "the other thread did not end"
        if errors:
            raise errors[0]
        return results[0]

    return run
