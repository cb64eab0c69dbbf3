"""Say of one camera how it is doing: about every two seconds, and at once when its status changes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.utils import timezone

from cameras.models import CameraStatus
from cameras.services import camera_state_report
from cameras.services.state import Figures, SenseFacts
from detection.pipeline import FrameResult
from detection.senses import SenseState
from detection.sources.state import SourceState
from workers.leases import Held, fence
from workers.moments import moment

REPORT_EVERY_S = 2.0
RATE_OVER_S = 5.0
"""Analysed frames a second are counted over so long."""

SMOOTHING = 0.1
"""The newest frame's share in the shown time per stage."""

FILE_ENDED = CameraStatus.OFFLINE
"""A file that is not looped has nothing more to show."""


class Reporter:
    """Collect one camera's figures and hand over a report when one is due. Not thread-safe."""

    def __init__(
        self, note: Callable[[str, Callable[[Held], None]], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._note, self._monotonic = note, monotonic
        self._analysed: deque[float] = deque()
        self._stage_ms: dict[str, float] = {}
        self._error = ""
        self._score, self._warming_up = 0.0, False
        self._told = ""
        self._told_at = float("-inf")

    def frame(self, result: FrameResult) -> None:
        """Count one analysed frame, or the failure to analyse it."""
        self._error = result.error
        if result.error:
            return
        self._analysed.append(self._monotonic())
        if result.score is not None:
            self._score, self._warming_up = result.score.value, result.score.warming_up
        for stage, seconds in result.stage_s.items():
            before = self._stage_ms.get(stage, seconds * 1000)
            self._stage_ms[stage] = before + SMOOTHING * (seconds * 1000 - before)

    def status(self, source: SourceState) -> tuple[str, str]:
        """Return the camera's status and its sentence; a failing detector degrades a camera whose picture is good."""
        if source.status == "online" and self._error:
            return CameraStatus.DEGRADED, self._error
        status = FILE_ENDED if source.status == "ended" else CameraStatus(source.status)
        return status, source.message

    def report(self, source: SourceState, senses: Sequence[SenseState] = ()) -> None:
        """Hand over a report if the status changed or the last one is old; senses: how each stands now."""
        now = self._monotonic()
        while self._analysed and self._analysed[0] < now - RATE_OVER_S:
            self._analysed.popleft()
        status, message = self.status(source)
        if status == self._told and now - self._told_at < REPORT_EVERY_S:
            return
        self._told, self._told_at = status, now
        at = timezone.now()
        figures = Figures(
            last_frame_at=None if source.last_frame_at is None else moment(source.last_frame_at),
            analysed_fps=round(len(self._analysed) / RATE_OVER_S, 2),
            frames=source.frames,
            dropped=source.dropped,
            reconnects=source.reconnects,
            width=source.width,
            height=source.height,
            score=self._score,
            warming_up=self._warming_up,
            stage_ms={stage: round(ms, 2) for stage, ms in self._stage_ms.items()},
            senses={s.sense: SenseFacts(**{k: v for k, v in asdict(s).items() if k != "sense"}) for s in senses},
        )

        def write(held: Held) -> None:
            with fence(held):
                camera_state_report(
                    camera_id=held.camera_id,
                    organization_id=held.organization_id,
                    status=status,
                    message=message,
                    at=at,
                    **figures,
                )

        self._note("state", write)
