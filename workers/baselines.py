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
from cameras.services.baselines import Saved, baseline_report, baseline_saved
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
OTHER_PICTURE = "The camera's address was changed to another picture"


def saved_baseline(camera_id: UUID, organization_id: UUID) -> Saved:
    """Return what the camera had learned when it was last saved."""
    with tenant(organization_id):
        baseline = CameraBaseline.objects.filter(camera_id=camera_id).first()
    return Saved() if baseline is None else baseline_saved(baseline)


@dataclass(frozen=True, slots=True)
class Report:
    """What to write, under the lease.

    lasting: it must be written; of all others only the newest matters. anew: from here on another judge scores. saved:
    what it saves.
    """

    write: Callable[[Held], None]
    saved: Saved | None
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
    """Hold the camera's LivingBaseline over new watches of the same process. The slice's thread calls it.

    What was learned of one picture is not used for another: when the address names another one, the camera learns anew.
    What it knew is kept until it has learned that, and is taken up again where the address is set back before.
    """

    def __init__(
        self,
        held: Held,
        saved: Saved,
        *,
        settings: LivingSettings | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = held.camera_id
        self._saved = saved.state
        self._picture, self._before = saved.picture, saved.before
        self._other_picture = self._pointed = False
        self._zone: dt.tzinfo = dt.UTC
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

    def tell_zone(self, zone: dt.tzinfo) -> None:
        """Tell the hours of the week by this zone's clocks."""
        self._zone = zone
        if self._scorer is not None:
            self._scorer.set_zone(zone)

    def point_at(self, picture: str) -> None:
        """Take note of the picture that the address names now, before the next scorer is made."""
        if picture == self._picture:
            return
        left, self._picture = self._picture, picture
        if not left:
            return  # it was learned before pictures were told apart
        if self._before is not None and self._before.picture == picture:
            self._saved, self._before, self._other_picture = self._before.state, None, False
        else:
            if self._before is None and self._saved is not None:
                self._before = Saved(self._saved, left)
            self._saved, self._other_picture = None, True
        self._pointed = True

    def make(self) -> LivingBaseline:
        """Return the camera's scorer: with what was saved the first time and after a pause, else it learns anew."""
        saved, self._saved = self._saved, None
        try:
            scorer = LivingBaseline(self._embedder, self._settings, saved, self._zone)
        except NormalityError as error:
            log.warning("camera %s learns anew: %s", self._camera, error)
            scorer = LivingBaseline(self._embedder, self._settings, zone=self._zone)
            scorer.relearn(f"What was saved could not be used ({str(error).rstrip('.')})", time.time())
        if self._other_picture:
            scorer.relearn(OTHER_PICTURE, time.time())
            self._other_picture = False
        scorer.tell(self._decisions)
        self._scorer, self._stored_revision = scorer, scorer.revision
        return scorer

    def pause(self) -> None:
        """Keep what was learned for the next scorer: the watch closes, for example to open another address."""
        if self._scorer is not None:
            self._let_before_go(self._scorer.status.phase)
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
        self._saved = self._before = None
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
        due = changed or self._pointed or now - self._stored_at >= SAVE_EVERY_S
        save = (worth or self._pointed) and (last or (may_save and due))
        if not (last or changed or save or now - self._reported_at >= REPORT_EVERY_S):
            return None
        self._phase, self._reported_at = status.phase, now
        self._let_before_go(status.phase)
        saved: Saved | None = None
        if save:
            saved = Saved(self._scorer.to_bytes(), self._picture, self._before)
            self._stored_at, self._stored_revision, self._pointed = now, self._scorer.revision, False
        return Report(
            _write(status, saved, self._wish), saved, lasting=saved is not None or changed, anew=judge_changed
        )

    def _let_before_go(self, phase: str) -> None:
        """Forget the picture before once this one is learned."""
        if not _learning(phase):
            self._before = None


def _learning(phase: str) -> bool:
    return phase in ("warming up", "relearning")


def _write(status: BaselineStatus, saved: Saved | None, wish: dt.datetime | None) -> Callable[[Held], None]:
    def write(held: Held) -> None:
        baseline_report(
            organization_id=held.organization_id,
            camera_id=held.camera_id,
            at=timezone.now(),
            saved=saved,
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
