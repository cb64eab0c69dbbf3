"""One camera as this process watches it: its decoder, pipeline and scribe, which live on between slices."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from cameras.services.baselines import Saved
from cameras.snapshots import snapshot_put
from detection.sensing import Senses
from detection.sources import SourceError
from detection.sources.state import SourceState
from detection.watch import CameraWatch, WatchStep
from incidents.services.camera_faults import camera_fault_closed, camera_fault_opened
from incidents.services.events import events_abandoned
from workers.baselines import BaselineKeeper
from workers.debounce import FaultChange, FaultDebounce
from workers.detectors import BUILTIN, detector_for
from workers.facts import EventFacts
from workers.leases import Held
from workers.moments import moment
from workers.plan import CameraPlan
from workers.reports import Reporter
from workers.score_series import ScoreKeeper
from workers.scorers import maker_of
from workers.scribe import Fact, Scribe
from workers.senses import sense_models

log = logging.getLogger(__name__)

SNAPSHOT_EVERY_S = 1.0
SNAPSHOT_MAX_WIDTH = 960
FEW_WAITING = 8
"""With so many facts waiting the database is away, and what a camera learned can wait for it."""
FINISH_S = 2.0
"""What a leaving camera has to say must be written within this; the supervisor kills after five seconds."""


class Watched:
    """Everything this process keeps of one camera. The slice's thread calls it; close may come from the janitor."""

    def __init__(self, held: Held, plan: CameraPlan, saved: Saved) -> None:
        """Begin to watch; saved: what the camera had learned when it was last watched."""
        self.held, self.plan = held, plan
        self._baseline = BaselineKeeper(held, saved)
        self._scribe = Scribe(held)
        self._facts = EventFacts(self._scribe.tell, held)
        self._scores = ScoreKeeper(self._scribe.tell)
        self._reporter = Reporter(self._scribe.note)
        self._faults = FaultDebounce()
        self._snapshot_at = float("-inf")
        self._shown_at: float | None = None
        self._clips = _clip_folder(held)
        self._watch: CameraWatch | None = None
        self._problem = ""
        self._senses_of = -1
        self._scribe.tell(Fact("the end of what an earlier worker left open", _close_abandoned))
        self._open()

    def adopt(self, held: Held) -> None:
        """Go on at the camera's next epoch; what could not be written before is written now."""
        self.held = held
        self._scribe.adopt(held)

    def apply(self, plan: CameraPlan) -> None:
        """Follow a change of the camera's settings; another address or detector needs another watch."""
        before, self.plan = self.plan, plan
        self._baseline.tell_zone(plan.zone)
        self._baseline.tell(plan.decisions)
        self._baseline.relearn_if(plan.relearn_wanted_at)
        if self._watch is not None and plan.opens_like(before):
            self._watch.reconfigure(plan.settings)
            if plan.senses != before.senses:
                self._take_senses()
            self._facts.preset = plan.preset
            return
        self._close_watch()
        self._open()

    def step(self, timeout_s: float, *, live: bool) -> float | None:
        """Go one analysed frame further, or wait timeout_s for one; return when the newest frame was captured.

        live is False while the lease may have run out: then no picture is shown as the camera's newest.
        """
        began = time.monotonic()
        if self._watch is not None and sense_models().refresh() != self._senses_of:
            self._take_senses()
        step = self._watch.step(timeout_s) if self._watch is not None else None
        source = self._look(step, live)
        self._keep_learned()
        self._reporter.report(source, self._watch.senses() if self._watch is not None else ())
        status, _ = self._reporter.status(source)
        # A file that has ended is no broken camera.
        for change in self._faults.advance("online" if source.status == "ended" else status, time.time()):
            self._tell_fault(change, source.message)
        if step is None or step.result is None:
            # An ended or unopened source answers at once; the loop must not spin on it.
            time.sleep(max(0.0, timeout_s - (time.monotonic() - began)))
        return source.last_frame_at

    def finish(self) -> None:
        """End in order: close the open event, write what is left, release the camera."""
        self._keep_learned(last=True)
        self._close_watch()
        if not self._scribe.drain(FINISH_S):
            log.warning("%s: %d facts could not be written in time", self.held, self._scribe.waiting)
        self._scribe.close()

    def close(self) -> None:
        """Release the camera without a further word: the lease is gone."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self._scribe.close()

    def _open(self) -> None:
        self._problem = ""
        detector = detector_for(self.plan.detector)
        self._baseline.tell_zone(self.plan.zone)
        self._baseline.point_at(self.plan.picture)
        self._baseline.tell(self.plan.decisions)
        self._baseline.relearn_if(self.plan.relearn_wanted_at)
        make_scorer = maker_of(self.plan.scorer, self._baseline)
        self._facts.detector, self._facts.preset = detector.name, self.plan.preset
        senses = self._new_senses()
        try:
            watch = CameraWatch(
                str(self.held.camera_id),
                self.plan.uri,
                self.plan.settings,
                detector,
                self._clips,
                make_scorer,
                senses=senses,
            )
        except SourceError as error:
            senses.close()
            self._problem = str(error)
            return
        watch.start()
        self._watch = watch
        self._facts.said = watch.said

    def _new_senses(self) -> Senses:
        models = sense_models()
        self._senses_of = models.refresh()
        outlines = self.plan.detector != BUILTIN
        return models.senses(self.plan.senses, str(self.held.camera_id), outlines=outlines)

    def _take_senses(self) -> None:
        """Follow models that came or changed, and switches of the camera."""
        if self._watch is not None:
            self._watch.set_senses(self._new_senses())

    def _close_watch(self) -> None:
        if self._watch is not None:
            self._hear(self._watch.close())
            self._watch = None
            self._baseline.pause()
        self._scores.flush()

    def _keep_learned(self, *, last: bool = False) -> None:
        report = self._baseline.report(last=last, may_save=self._scribe.waiting < FEW_WAITING)
        if report is None:
            return
        if report.anew:
            self._scores.clear()
        if report.lasting:
            self._scribe.tell(report.fact())
        else:
            self._scribe.note("baseline", report.note)

    def _look(self, step: WatchStep | None, live: bool) -> SourceState:
        if step is None or self._watch is None:
            return SourceState(status="offline", message=self._problem)
        self._hear(step)
        if live and step.source.last_frame_at is not None:
            self._show(self._watch, step.source.last_frame_at)
        return step.source

    def _hear(self, step: WatchStep) -> None:
        if step.result is not None:
            self._reporter.frame(step.result)
            self._facts.frame(step.result)
            if step.result.score is not None:
                self._scores.add(step.result.frame.captured_at, step.result.score)
        for update in step.closings:
            self._facts.closing(update)
        for clip in step.clips:
            self._facts.clip(clip)

    def _show(self, watch: CameraWatch, captured_at: float) -> None:
        now = time.monotonic()
        if now - self._snapshot_at < SNAPSHOT_EVERY_S or captured_at == self._shown_at:
            return
        jpeg = watch.latest_jpeg(SNAPSHOT_MAX_WIDTH)
        if jpeg is None:
            return
        self._snapshot_at, self._shown_at = now, captured_at

        def put(held: Held) -> None:
            try:
                snapshot_put(held.camera_id, jpeg, captured_at)
            except RedisError as error:
                log.info("a picture of %s was not shown: %s", held, error)

        self._scribe.note("snapshot", put)

    def _tell_fault(self, change: FaultChange, message: str) -> None:
        def write(held: Held) -> None:
            common = {"organization_id": held.organization_id, "camera_id": held.camera_id}
            since, at = moment(change.since), timezone.now()
            if change.kind == "opened":
                camera_fault_opened(**common, fault=change.fault, message=message, since=since, at=at)
            else:
                camera_fault_closed(**common, fault=change.fault, since=since, at=at)

        self._scribe.tell(Fact(f"“{change.fault}” {change.kind}", write))


def _close_abandoned(held: Held) -> None:
    events_abandoned(
        organization_id=held.organization_id, camera_id=held.camera_id, epoch=held.epoch, at=timezone.now()
    )


def _clip_folder(held: Held) -> Path:
    """Return where a camera's clips are encoded, emptied of what a killed process left."""
    folder = Path(settings.VEDETTE_HOME) / "clips" / str(held.camera_id)
    shutil.rmtree(folder, ignore_errors=True)
    return folder
