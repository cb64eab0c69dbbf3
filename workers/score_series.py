"""Collect a camera's scores and keep some minutes of them at a time, for its calibration."""

from __future__ import annotations

from collections.abc import Callable

from cameras.services.scores import scores_put
from detection.calibrate import ScoreSeries
from detection.types import FrameScore
from workers.leases import Held
from workers.moments import moment
from workers.scribe import Fact

SPAN_S = 300.0
MAX_FRAMES = 9000
"""Thirty frames a second for as long: a clock that stands still cannot fill the memory."""


class ScoreKeeper:
    """The scores of one camera since the last row was written. One thread calls it, frame by frame."""

    def __init__(self, tell: Callable[[Fact], None]) -> None:
        self._tell = tell
        self._at: list[float] = []
        self._score: list[float] = []
        self._agreement: list[int] = []

    def add(self, at: float, score: FrameScore) -> None:
        """Take the score of the frame captured at Unix time `at`; one that warms up says nothing."""
        if score.warming_up:
            return
        self._at.append(at)
        self._score.append(score.value)
        self._agreement.append(score.agreement)
        if at - self._at[0] >= SPAN_S or len(self._at) >= MAX_FRAMES:
            self.flush()

    def clear(self) -> None:
        """Forget what is not written yet: from here on another judge scores."""
        self._at, self._score, self._agreement = [], [], []

    def flush(self) -> None:
        """Have what was collected written."""
        series = ScoreSeries.of(self._at, self._score, self._agreement)
        self.clear()
        if len(series):
            self._tell(Fact(f"{len(series)} scores", _write(series)))


def _write(series: ScoreSeries) -> Callable[[Held], None]:
    packed = series.pack()

    def write(held: Held) -> None:
        scores_put(
            organization_id=held.organization_id,
            camera_id=held.camera_id,
            started_at=moment(float(series.at[0])),
            ended_at=moment(float(series.at[-1])),
            packed=packed,
            highest=float(series.score.max()),
        )

    return write
