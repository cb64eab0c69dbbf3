"""Homes with engines of their own; the session's are for the application's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.engines import release
from tests.config.holders import engines_running, wait_until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home that does not exist yet; whatever a test leaves running in it is gone after the test."""
    home = tmp_path / "a home"
    yield home
    release(home)
    wait_until(lambda: not engines_running(home), "the end of the engines")
