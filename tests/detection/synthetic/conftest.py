"""One small clip with all four events, rendered once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from detection.synthetic import GroundTruth, render_plaza

SIZE = (320, 240)
FPS = 5.0
SECONDS = 80.0


@dataclass(frozen=True)
class RenderedClip:
    path: Path
    truth: GroundTruth
    progress: list[float]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> RenderedClip:
    path = tmp_path_factory.mktemp("plaza") / "plaza.mp4"
    progress: list[float] = []
    truth = render_plaza(path, seed=7, seconds=SECONDS, size=SIZE, fps=FPS, on_progress=progress.append)
    return RenderedClip(path, truth, progress)
