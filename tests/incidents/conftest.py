"""What several tests of this room need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """A models folder of this test alone."""
    folder = tmp_path / "models"
    folder.mkdir()
    settings.VEDETTE_MODELS = folder
    return folder
