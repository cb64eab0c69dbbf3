"""Keep one camera's learned normality while it is watched: start it from what was saved, report it, save it."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import CameraBaseline
from cameras.services.baselines import baseline_report, baseline_state
from detection.score.living import BaselineStatus, Decided, LivingBaseline, LivingSettings
from detection.score.normality import NormalityError
from detection.score.normality.appearance import Embedder
from workers.leases import Held, fence
from workers.moments import moment
from workers.scribe import Fact

log = logging.getLogger(__name__)

REPORT_EVERY_S = 5.0
SAVE_EVERY_S = 180.0
"""What was learned is packed and stored at most so often; a worker that is killed loses no more."""
ASKED = "Somebody asked for it"


def saved_baseline(camera_id: UUID, organization_id: UUID) -> bytes | None:
    """Return what the camera had learned when it was last saved, or None."""
    with tenant(organization_id):
        baseline = CameraBaseline.objects.filter(camera_id=camera_id).first()
    return None if baseline is None else baseline_state(baseline)


@dataclass(frozen=True, slots=True)
class Report:
    """What to write, under the lease.

    lasting: it must be written; of all others only the newest matters. anew: from here on another judge scores.
    """

    write: Callable[[Held], None]
    lasting: bool
    anew: bool

    def fact(self) -> Fact:
        """Return it as a fact."""
        return Fact("how its baseline stands", self.write)

    def note(self, held: Held) -> None:
        """Write it as a note, which fences itself."""
        with fence(held):
            self.write(held)


class BaselineKeeper:
    """Hold the camera's LivingBaseline over new watches of the same process. The slice's thread calls it."""

    def __init__(
        self,
        held: Held,
        saved: bytes | None,
        *,
        settings: LivingSettings | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = held.camera_id
        self._saved = saved
        self._settings = settings
        self._monotonic = monotonic
        self._embedder: Embedder | None = None
        self._decisions: Sequence[Decided] = ()
        self._scorer: LivingBaseline | None = None
        self._wish: dt.datetime | None = None
        self._phase = ""
        self._reported_at = self._stored_at = float("-inf")
        self._stored_revision = 0

    def use(self, embedder: Embedder | None) -> None:
        """Observe looks with this embedder in the next scorer."""
        self._embedder = embedder

    def make(self) -> LivingBaseline:
        """Return the camera's scorer: with what was saved the first time and after a pause, else it learns anew."""
        saved, self._saved = self._saved, None
        try:
            scorer = LivingBaseline(self._embedder, self._settings, saved)
        except NormalityError as error:
            log.warning("camera %s learns anew: %s", self._camera, error)
            scorer = LivingBaseline(self._embedder, self._settings)
            scorer.relearn(f"What was saved could not be used ({str(error).rstrip('.')})", time.time())
        scorer.tell(self._decisions)
        self._scorer, self._stored_revision = scorer, scorer.revision
        return scorer

    def pause(self) -> None:
        """Keep what was learned for the next scorer: the watch closes, for example to open another address."""
        if self._scorer is not None:
            self._saved = self._scorer.to_bytes()
            self._scorer = None

    def tell(self, decisions: Sequence[Decided]) -> None:
        """Take what people said of this camera's events."""
        self._decisions = decisions
        if self._scorer is not None:
            self._scorer.tell(decisions)

    def relearn_if(self, wish: dt.datetime | None) -> None:
        """Learn anew when somebody wished so since the last time."""
        if wish is None or wish == self._wish:
            return
        self._wish = wish
        self._saved = None
        if self._scorer is not None:
            self._scorer.relearn(ASKED, wish.timestamp())
        self._reported_at = float("-inf")

    def report(self, *, last: bool = False, may_save: bool = True) -> Report | None:
        """Return what is to be written now, if anything.

        last: the watch ends, and what was learned since the last save is saved. may_save is False while facts wait for
        a database that is away: a baseline must not push an event out of the spool.
        """
        if self._scorer is None:
            return None
        status, now = self._scorer.status, self._monotonic()
        if not status.since:
            return None  # it has not seen a frame yet
        changed = status.phase != self._phase
        judge_changed = changed and self._phase != "" and _learning(status.phase) != _learning(self._phase)
        worth = self._scorer.revision != self._stored_revision
        save = worth and (last or (may_save and (changed or now - self._stored_at >= SAVE_EVERY_S)))
        if not (last or changed or save or now - self._reported_at >= REPORT_EVERY_S):
            return None
        self._phase, self._reported_at = status.phase, now
        state: bytes | None = None
        if save:
            state = self._scorer.to_bytes()
            self._stored_at, self._stored_revision = now, self._scorer.revision
        return Report(_write(status, state, self._wish), lasting=state is not None or changed, anew=judge_changed)


def _learning(phase: str) -> bool:
    return phase in ("warming up", "relearning")


def _write(status: BaselineStatus, state: bytes | None, wish: dt.datetime | None) -> Callable[[Held], None]:
    def write(held: Held) -> None:
        baseline_report(
            organization_id=held.organization_id,
            camera_id=held.camera_id,
            at=timezone.now(),
            state=state,
            relearned=wish,
            phase=status.phase,
            progress=status.progress,
            left_s=status.left_s,
            message=status.message,
            since=moment(status.since),
            learned_s=status.learned_s,
            objects_learned=status.objects,
            version=status.version,
        )

    return write
