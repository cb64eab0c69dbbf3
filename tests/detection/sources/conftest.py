"""Clips made on the spot, and sources that are stopped whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from detection.sources import LiveSource, SourceSettings
from tests.detection.clips import render_clip

Watch = Callable[..., LiveSource]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 2 s: 50 frames of 320×240 at 25 fps, each with its number in its brightness."""
    return render_clip(tmp_path_factory.mktemp("clips") / "fifty frames.mp4", frames=50)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Start sources with quick retries, and stop them all at the end."""
    started: list[LiveSource] = []

    def start(uri: str | Path, **settings: object) -> LiveSource:
        chosen = {"connect_timeout_s": 5.0, "read_timeout_s": 2.0, "backoff_s": (0.1, 0.4)} | settings
        source = LiveSource(str(uri), SourceSettings(**chosen))  # type: ignore[arg-type]
        started.append(source)
        source.start()
        return source

    yield start
    for source in started:
        source.stop()
