"""What a camera says of itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import numpy as np
import pytest

from accounts.tenancy import tenant
from cameras.models import CameraState
from detection.motion import GateDecision
from detection.pipeline import FrameResult
from detection.sources import SourceState
from detection.types import Frame, FrameScore
from tests.cast import Cast
from tests.workers.rows import lease_of
from workers.leases import Held, lease_start, leases_claim, leases_ensure
from workers.reports import Reporter

ONLINE = SourceState(
    status="online", message="", frames=40, dropped=2, width=640, height=480, last_frame_at=1_700_000_000.0
)


class Notes:
    """Collects what the reporter hands over, on a clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.written: list[Callable[[Held], None]] = []
        self.reporter = Reporter(lambda key, write: self.written.append(write), lambda: self.now)


def analysed(score: float, *, error: str = "") -> FrameResult:
    frame = Frame(np.zeros((48, 64, 3), np.uint8), 0, 0.0, 0.0)
    gate = GateDecision(open=True, reason="motion", changed_ratio=0.1)
    if error:
        return FrameResult(frame, gate, error=error)
    return FrameResult(frame, gate, score=FrameScore(score), stage_s={"detect": 0.02})


def test_a_report_every_two_seconds_and_at_once_when_the_status_changes() -> None:
    notes = Notes()
    for notes.now in (0.0, 0.5, 1.9):
        notes.reporter.report(ONLINE)
    assert len(notes.written) == 1
    notes.reporter.report(SourceState(status="frozen", message="The picture stands still."))
    assert len(notes.written) == 2
    notes.now = 3.9
    notes.reporter.report(SourceState(status="frozen", message="The picture stands still."))
    assert len(notes.written) == 3


def test_a_failing_detector_degrades_a_camera_until_it_works_again() -> None:
    notes = Notes()
    notes.reporter.frame(analysed(0.1, error="The detector tripped."))
    assert notes.reporter.status(ONLINE) == ("degraded", "The detector tripped.")
    assert notes.reporter.status(SourceState(status="offline", message="Gone.")) == ("offline", "Gone.")
    notes.reporter.frame(analysed(0.1))
    assert notes.reporter.status(ONLINE) == ("online", "")


def test_a_file_that_ended_has_nothing_more_to_show() -> None:
    assert Notes().reporter.status(SourceState(status="ended", message="The file has ended.")) == (
        "offline",
        "The file has ended.",
    )


@pytest.mark.django_db(transaction=True)
def test_the_figures_are_written_under_the_lease(cast: Cast, node: Callable[..., UUID]) -> None:
    node_id = node()
    leases_ensure()
    leases_claim()
    held = lease_start(camera_id=cast.gate3.id, epoch=lease_of(cast.gate3.id).epoch, node_id=node_id)
    assert held is not None
    notes = Notes()
    for tick in range(10):
        notes.now = tick * 0.2
        notes.reporter.frame(analysed(0.25))
    notes.reporter.report(ONLINE)
    notes.written[0](held)
    with tenant(cast.acme.id):
        state = CameraState.objects.get(camera=cast.gate3)
    assert (state.status, state.frames, state.dropped, state.width, state.height) == ("online", 40, 2, 640, 480)
    assert (state.analysed_fps, state.score, state.stage_ms) == (2.0, 0.25, {"detect": 20.0})
    assert state.last_frame_at is not None and state.last_frame_at.timestamp() == 1_700_000_000.0
