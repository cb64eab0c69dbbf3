"""Learn each camera's normality from its own footage while it watches: the default scorer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from math import hypot

import numpy as np

from detection.score.base import Reading, Scene
from detection.score.base import Seen as Arrays
from detection.score.living.chapters import Footage
from detection.score.living.course import FRESH_S, RETRY_S, Course, told_at
from detection.score.living.drift import USUAL_SHARE, Drift
from detection.score.living.hours import Floats, Hours, from_score
from detection.score.living.learned import SENSES, Learned, Lesson
from detection.score.living.moments import Moment
from detection.score.living.saved import Kept, from_bytes, to_bytes
from detection.score.living.senses import Sensed, Senses, agreement_of, sensed_recently
from detection.score.living.settings import BaselineStatus, Decided, LivingSettings
from detection.score.living.study import Studied, Study
from detection.score.living.taught import Decisions, Excuses, Withheld
from detection.score.living.view import EVERY_S, ViewWatch, thumb_of
from detection.score.normality.appearance import Embedder
from detection.score.normality.observe import Observer, Seen, observation_of
from detection.score.normality.scale import combine, corroborated, to_score
from detection.score.robust import RobustScore, part_values
from detection.types import FrameScore

STILL_S = 1.0
"""On a still picture nothing changes: it is judged so often, and in between the last score holds."""
VIEW = "view"
CALM = 0.6
"""A score under which nothing is left of an event: half the deviation that is the top of normal footage."""
UNREST_S = 30.0
"""So long after an event at most, high scores are still held for its own."""
LEAST_HIGH = 0.25
"""Where normal footage hardly ever deviates, its 95th percentile says nothing: drift is counted from here."""


class LivingBaseline:
    """Score one camera's frames by what is normal for it, learned as it watches. Not thread-safe.

    While it warms up, RobustScore judges. Then all senses do: the objects against learned normality, the 24 features
    against this hour of the week, and both beside the last ten minutes; 0.75 is the top of normal footage held out.
    The same readings, decisions and saved state give the same scores bit for bit.

    embedder: how objects look is judged only with one. saved: what `to_bytes` gave; the last ten minutes, running
    means and a learning under way start anew after a restart, all else goes on. Raises NormalityError for bytes that
    are no baseline, altered, of another version, or learned with another embedder. A picture of another size than
    before makes it learn anew. zone: that of the place, whose hours of the week are told apart; what was saved in
    another one is taken all the same.

    It takes some 12 MB of memory at most, and 6 MB saved; with an embedder of 1280 numbers 18 MB more of each.
    """

    name = "baseline"

    def __init__(
        self,
        embedder: Embedder | None = None,
        settings: LivingSettings | None = None,
        saved: bytes | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self._settings = settings or LivingSettings()
        self._embedder_version = embedder.version if embedder else ""
        self._observer = Observer(embedder)
        self._read_view_at = float("-inf")
        kept = Kept() if saved is None else from_bytes(saved, self._embedder_version)
        self._course: Course = kept.course
        self._size: tuple[int, int] | None = kept.size
        self._footage = Footage(self._settings)
        self._footage.restore(kept.footage)
        self._zone = zone
        self._hours = Hours(zone)
        self._hours.restore(*kept.hours)
        self._decisions = Decisions(self._settings.lead_s)
        self._decisions.restore(kept.events, kept.opened, kept.verdicts)
        self._view = ViewWatch(self._settings.moved_s)
        self._view.restore(*kept.view)
        self._drift = Drift(self._settings.drift_s)
        self._drift.restore(kept.drift)
        self._learned: Learned | None = kept.learned
        self._senses: Senses | None = None
        self._study: Study | None = None
        self._again = kept.again
        self._taught: list[tuple[Withheld, Floats]] = []
        self._start_judging()
        if self._course.next_s == 0.0:
            self._course.next_s = self._settings.warm_s

    def _start_judging(self) -> None:
        """Begin the running means anew."""
        self._robust = RobustScore()
        self._held: FrameScore | None = None
        self._judged_at_s = float("-inf")
        self._last_at_s: float | None = None
        self._tracks: dict[int, float] = {}
        self._unrest_at_s = self._event_at_s = float("-inf")
        if self._size is not None:
            self._take(self._learned)

    # What the pipeline calls

    @property
    def reads(self) -> str:
        """Return what tells this scorer's readings from others'."""
        return f"{self._observer.reads}+{VIEW}1"

    @property
    def version(self) -> str:
        """Return 12 digits that stand for what was learned, or "warming up"."""
        return self._learned.version if self._learned else "warming up"

    def read(self, scene: Scene) -> Arrays:
        """Return what the objects and the motion look like, and once a second the view's edges."""
        seen = dict(self._observer.read(scene))
        if scene.moved and not 0.0 <= scene.at_s - self._read_view_at < EVERY_S:
            self._read_view_at = scene.at_s
            seen[VIEW] = thumb_of(scene.image)
        return seen

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame with its named parts, and learn from it.

        learn is False while an event is open: its frames are kept aside until people say what it was.
        Raises ValueError for features that are not finite.
        """
        self._check_view(reading)
        self._learn_when_due(reading)
        passed_s = 0.0 if self._last_at_s is None else reading.at_s - self._last_at_s
        self._last_at_s = reading.at_s
        learn = learn and not self._decisions.is_alarm(reading.captured_at)
        if learn:
            self._course.learned_more(passed_s)
        if self._held is not None and not reading.moved and 0.0 <= reading.at_s - self._judged_at_s < STILL_S:
            return self._held
        self._judged_at_s = reading.at_s
        self._held = self._judge(reading, learn)
        return self._held

    def _judge(self, reading: Reading, learn: bool) -> FrameScore:
        values = part_values(reading.features)
        recent = self._robust.judge(reading, learn=learn)
        frame = observation_of(reading)
        if self._senses is None:
            sensed = sensed_recently(frame, values, recent)
        else:
            sensed = self._senses.look(frame, values, recent, reading.captured_at)
        rest, by = self._excuses.rest(sensed.deviations, lambda: self._culprits(sensed), frame.objects)
        score = self._score(sensed, rest, excused=by is not None)
        calm = self._calm(learn, score, reading.at_s)
        if calm and by is not None:
            # It is known from the event, and would pass for the top of what is normal everywhere.
            self._decisions.used(self._explaining[by])
            return score
        if calm and self._course.phase == "active" and self._learned is not None:
            self._watch_drift(reading.captured_at, combine(rest) / self._learned.whole_top, self._learned.high)
        self._keep(reading, sensed, calm)
        return score

    def _score(self, sensed: Sensed, rest: Floats, *, excused: bool) -> FrameScore:
        """Return the score of what is left of a frame's deviations; early on it is RobustScore's own."""
        if self._senses is not None and self._learned is not None:
            agreement = agreement_of(rest) if excused else max(agreement_of(rest), sensed.agreement)
            value = to_score(corroborated(combine(rest) / self._learned.whole_top, agreement))
            return FrameScore(value, self._senses.explain(sensed, rest), agreement=agreement)
        left = float(rest[-1])
        if left >= from_score(sensed.recent.value):
            return sensed.recent
        return replace(sensed.recent, value=to_score(left), agreement=int(left >= 1.0))

    def _culprits(self, sensed: Sensed) -> list[Seen]:
        return self._senses.culprits(sensed) if self._senses else []

    # What it keeps

    def _calm(self, learn: bool, score: FrameScore, at_s: float) -> bool:
        """Tell whether a frame is learned: no event is open, and none has just ended whose cause is still there."""
        if not learn:
            self._unrest_at_s = self._event_at_s = at_s
            return False
        if score.value >= CALM and at_s - self._event_at_s <= UNREST_S:
            self._unrest_at_s = at_s
        return at_s - self._unrest_at_s > self._settings.lead_s

    def _keep(self, reading: Reading, sensed: Sensed, learn: bool) -> None:
        at = reading.captured_at
        frame = replace(sensed.frame, at_s=at)
        moment = Moment(frame, sensed.values, from_score(sensed.recent.value), sensed.deviations)
        if not learn:
            if not self._decisions.is_open:
                lead = at - self._settings.lead_s
                self._decisions.withhold(self._footage.take_back(lead))
                self._footage.forget([(lead, at)])
            self._decisions.withhold([moment])
            return
        if self._decisions.is_open:
            self._decisions.end()
            self._course.worth_saving()
        self._footage.add(moment)
        self._hours.learn(sensed.values, at)
        for track in reading.tracks:
            last = self._tracks.get(track.track_id)
            self._course.objects += last is None or reading.at_s - last > FRESH_S
            self._tracks[track.track_id] = reading.at_s
        if len(self._tracks) > 256:
            self._tracks = {n: at_s for n, at_s in self._tracks.items() if reading.at_s - at_s <= FRESH_S}

    # How it learns

    def _learn_when_due(self, reading: Reading) -> None:
        if self._course.since == 0.0:
            self._course.since = reading.captured_at
        if self._study is not None:
            if reading.at_s >= self._study.due_at_s:
                study, self._study = self._study, None
                self._take_studied(study.result(), reading.captured_at)
            return
        course = self._course
        due = course.learned_s >= course.next_s or self._again
        if due and (self._learned is not None or course.enough(self._footage.sightings, self._settings)):
            self._begin_study(reading.at_s)

    def _begin_study(self, at_s: float) -> None:
        self._again = False
        self._footage.close()
        chapters = tuple(self._footage.chapters)
        if len(chapters) < 2 or self._size is None:
            self._course.next_s = self._course.learned_s + RETRY_S
            return
        lesson = Lesson(chapters, self._course.learned_s, hypot(*self._size), self._embedder_version)
        self._study = Study(lesson, self._hours, tuple(self._decisions.taught), at_s + self._settings.swap_s)

    def _take_studied(self, studied: Studied, at: float) -> None:
        course = self._course
        course.schedule(self._settings)
        if studied.learned.state is None:
            course.next_s = course.learned_s + RETRY_S
            if course.learned_s < self._settings.quiet_s:
                return
        self._learned, self._taught = studied.learned, list(studied.taught)
        self._take(studied.learned)
        self._drift.forget()
        if course.phase == "active":
            course.worth_saving()
        else:
            course.enter("active", at)

    def _take(self, learned: Learned | None) -> None:
        """Judge by what was learned from now on."""
        self._senses = None
        if learned is not None and self._size is not None:
            self._hours.set_everything(learned.footage)
            self._senses = Senses(learned, self._hours, hypot(*self._size))
        self._excuse()

    def _excuse(self) -> None:
        known = {id(event): deviations for event, deviations in self._taught}
        self._taught = [
            (event, known[id(event)] if id(event) in known else self._of_event(event))
            for event in self._decisions.taught
        ]
        self._excuses = Excuses(
            np.concatenate([np.zeros((0, len(SENSES))), *(deviations for _, deviations in self._taught)]),
            [moment.frame.objects for event, _ in self._taught for moment in event.moments],
        )
        self._explaining = [event for event, deviations in self._taught for _ in deviations]

    def _of_event(self, event: Withheld) -> Floats:
        if self._senses is None:
            return np.array([moment.deviations for moment in event.moments])
        return self._senses.of_event(event.moments)

    def _watch_drift(self, at: float, whole: float, high: float) -> None:
        self._drift.add(at, whole > max(LEAST_HIGH, high))
        share = self._drift.share()
        if share is None or share <= self._settings.drift_ratio * USUAL_SHARE or self._study is not None:
            return
        self._course.enter(
            "drifting",
            at,
            f"On {told_at(at, self._zone)}, {share:.0%} of the last {self._settings.drift_s / 60:.0f} minutes' normal "
            f"frames looked unusual, where {USUAL_SHARE:.0%} are expected.",
        )
        self._footage.forget_older()
        self._again = True

    def _check_view(self, reading: Reading) -> None:
        if self._size is None:
            self._size = reading.size
            self._take(self._learned)
        elif reading.size != self._size:
            before = f"{self._size[1]}×{self._size[0]}"
            self._size = reading.size
            self.relearn(f"The picture's size changed from {before} pixels", reading.captured_at)
        thumb = reading.seen.get(VIEW)
        if thumb is not None and self._view.moved(thumb, reading.at_s):
            self.relearn("The camera was moved or re-zoomed", reading.captured_at)

    # What its camera's watch and people ask of it

    @property
    def status(self) -> BaselineStatus:
        """Return how far it is."""
        ready_in_s = None
        if self._study is not None:
            ready_in_s = max(0.0, self._study.due_at_s - (self._last_at_s or 0.0))
        return self._course.status(self._footage.sightings, ready_in_s, self.version, self._settings)

    @property
    def revision(self) -> int:
        """Return a number that rises whenever there is something worth saving."""
        return self._course.revision

    def tell(self, decisions: Sequence[Decided]) -> None:
        """Take what people said of spans; the same list again changes nothing.

        A true alarm's span is never learned, and unlearned where it was. What a false alarm or an expected event
        showed is kept as it is: the same thing again is explained by it. Without a word an event is not learned.
        """
        if not self._decisions.tell(decisions):
            return
        alarms = self._decisions.alarms
        if alarms and self._footage.forget(alarms):
            self._hours.forget(alarms)
            self._again = True
            if self._study is not None:
                self._study.cancel()
                self._study = None
        self._excuse()
        self._course.worth_saving()

    def set_zone(self, zone: tzinfo) -> None:
        """Tell the hours of the week by another zone's clocks from now on; nothing that was learned is lost."""
        if zone == self._zone:
            return
        self._zone = zone
        self._hours.set_zone(zone)
        if self._study is not None:
            # It judges the taught events by the hours as they were.
            self._study.cancel()
            self._study, self._again = None, True
        self._taught = []
        self._excuse()

    def relearn(self, reason: str, at: float) -> None:
        """Forget what is normal and start anew, at a Unix time, for a reason: a clause that begins a sentence.

        What people said of spans stays known; the footage of events goes, since it shows another view.
        """
        if self._study is not None:
            self._study.cancel()
            self._study = None
        revision = self._course.revision
        self._course = Course("relearning", at, f"{reason}, on {told_at(at, self._zone)}.", revision=revision + 1)
        self._course.next_s = self._settings.warm_s
        self._footage, self._hours = Footage(self._settings), Hours(self._zone)
        self._decisions.forget_footage()
        self._drift.forget()
        self._learned, self._taught, self._again = None, [], False
        self._start_judging()

    def to_bytes(self) -> bytes:
        """Return everything a restart needs, as an .npz without code; call it between frames."""
        return to_bytes(
            Kept(
                embedder=self._embedder_version,
                course=self._course,
                size=self._size,
                footage=self._footage.state(),
                hours=self._hours.state(),
                events=self._decisions.events,
                opened=self._decisions.open_event(),
                verdicts=self._decisions.verdicts,
                view=self._view.state(),
                drift=self._drift.state(),
                learned=self._learned,
                again=self._again or self._study is not None,
            )
        )
