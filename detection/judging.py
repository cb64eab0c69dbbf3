"""Score one camera's sights and keep its event: the half of the pipeline that needs no picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from detection.events import EventSettings, EventTracker
from detection.features import tags_of
from detection.fuse import Fused, fuse
from detection.score import RobustScore, Scorer
from detection.sight import Sight
from detection.stages import timed
from detection.types import EventUpdate, FrameScore

NEW_NORMAL_S = 120.0
"""An event open for longer is learned from again, so that a lasting change cannot keep one event open for ever."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one sight gave; score is None where error says why. sight is None where an event was closed without one.

    score: the scorer's own, which is learned and calibrated from; fused: what it and the senses say together, which
    events are made of. stage_s: seconds spent per stage (score, event).
    """

    sight: Sight | None
    score: FrameScore | None = None
    fused: Fused | None = None
    tags: tuple[str, ...] = ()
    updates: tuple[EventUpdate, ...] = ()
    error: str = ""
    stage_s: dict[str, float] = field(default_factory=dict)


class CameraJudge:
    """Hold one camera's scorer and event, live and in a replay. Not thread-safe.

    The same sights in the same order give the same scores and the same events, but for their ids.
    """

    def __init__(
        self,
        events: EventSettings,
        make_scorer: Callable[[], Scorer] = RobustScore,
        new_normal_s: float = NEW_NORMAL_S,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        """Start with nothing seen; make_scorer gives a scorer anew at the start and for another picture size."""
        self.new_normal_s = new_normal_s
        self._events = EventTracker(events, new_id)
        self._make_scorer = make_scorer
        self._scorer = make_scorer()
        self._size: tuple[int, int] | None = None

    @property
    def open_since(self) -> float | None:
        """Return the Unix time at which the open event started, or None."""
        return self._events.open_since

    def set_events(self, events: EventSettings) -> None:
        """Take new event settings without losing the open event."""
        self._events.settings = events

    def scorer_for(self, size: tuple[int, int]) -> Scorer:
        """Return the scorer of pictures of this size, (height, width): a new one when the size changed."""
        if self._size is not None and size != self._size:
            self._scorer = self._make_scorer()  # pixels mean something else now
        self._size = size
        return self._scorer

    def judge(self, sight: Sight) -> Judged:
        """Return what one sight gave. Never raises for a scorer that fails: a fault is never a quiet "normal"."""
        scorer = self.scorer_for(sight.size)
        if sight.error or sight.features is None:
            return self._unscored(sight, sight.error, {})
        stage_s: dict[str, float] = {}
        try:
            with timed(stage_s, "score"):
                score = scorer.judge(sight.reading(sight.features), learn=self._may_learn(sight.captured_at))
        except Exception as error:  # a scorer is a plug-in; its camera shows the fault, the others go on
            return self._unscored(sight, scorer_failed(scorer, error), stage_s)
        with timed(stage_s, "event"):
            tags = tags_of(sight.features, sight.size)
            labels = [track.label for track in sight.tracks]
            fused = self._fused(score, sight)
            updates = self._events.update(fused, sight.features, tags, labels, sight.captured_at)
        return Judged(sight, score, fused, tags, updates, "", stage_s)

    def _unscored(self, sight: Sight, error: str, stage_s: dict[str, float]) -> Judged:
        """Return what a sight without a score gave: only a sense that alarms alone is heard, an open event stays."""
        fused = self._fused(FrameScore(0.0), sight)
        if not fused.alone:
            return Judged(sight, error=error, stage_s=stage_s)
        with timed(stage_s, "event"):
            labels = [track.label for track in sight.tracks]
            updates = self._events.update(fused, sight.features, (), labels, sight.captured_at)
        return Judged(sight, None, fused, (), updates, error, stage_s)

    def _fused(self, score: FrameScore, sight: Sight) -> Fused:
        limits = self._events.settings
        return fuse(score, sight.findings, limits.threshold, limits.alone_at, dict(limits.refused))

    def flush(self) -> tuple[EventUpdate, ...]:
        """Close the open event, if any: the source ended or the watch stops."""
        return self._events.flush()

    def _may_learn(self, at: float) -> bool:
        since = self._events.open_since
        return since is None or at - since > self.new_normal_s


def scorer_failed(scorer: Scorer, error: Exception) -> str:
    """Return the sentence for a scorer that raised."""
    return f"The scorer {scorer.name} failed: {type(error).__name__}: {error}"
