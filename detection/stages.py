"""Count the seconds that each stage of the pipeline takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def timed(stage_s: dict[str, float], stage: str) -> Iterator[None]:
    """Add the seconds that the block takes to a stage."""
    started = time.perf_counter()
    try:
        yield
    finally:
        stage_s[stage] = stage_s.get(stage, 0.0) + time.perf_counter() - started
