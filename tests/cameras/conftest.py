"""Fixtures of the cameras' tests. Models are imported late: pytest reads this before Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def secret_camera(cast: Any) -> Any:
    """“Dock” at North, whose address carries the planted password."""
    from tests.cameras.planted import make_secret_camera

    return make_secret_camera(cast)


@pytest.fixture
def rows(cast: Any) -> Callable[[], list[list[dict[str, Any]]]]:
    """Return a function that reads every row which a refused action must leave alone."""
    from tests.cameras.planted import read_rows

    return lambda: read_rows(cast)


@pytest.fixture
def queue(engines: None) -> Any:
    """The worker's end of the job queue, empty at first."""
    from tests.cameras.queue import JobQueue

    return JobQueue()
