"""Find the real clips and weights that some tests use; they lie beside the project and are never part of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(os.environ.get("VEDETTE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def shared(relative: str) -> Path:
    """Return the path of a shared test file, or skip the test with the reason that it is absent."""
    path = SHARED_DATA / relative
    if not path.exists():
        pytest.skip(f"test data {relative} is absent (set VEDETTE_TEST_DATA to the folder that holds it)")
    return path
