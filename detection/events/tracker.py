"""Keep one camera's event: the state machine, with ids, tags and words around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from detection.events import explain, telling
from detection.events.machine import EventSettings, EventState, Transition, advance, flush
from detection.features import FrameFeatures
from detection.features.tags import TAGS
from detection.fuse import Fused
from detection.types import EventUpdate


class EventTracker:
    """Turn the scored frames of one camera into event updates. Not thread-safe.

    new_id gives the id of each event that opens.
    """

    def __init__(self, settings: EventSettings, new_id: Callable[[], UUID] = uuid4) -> None:
        self.settings = settings
        self._new_id = new_id
        self._state = EventState()
        self._event_id = UUID(int=0)
        self._tags: set[str] = set()
        self._peak = EventUpdate("closed", UUID(int=0), 0.0, 0.0, 0.0, 0.0, settings.threshold, 0)

    @property
    def open_since(self) -> float | None:
        """Return the Unix time at which the open event started, or None."""
        return self._state.started_at if self._state.phase in ("active", "ending") else None

    def update(
        self, score: Fused, features: FrameFeatures | None, tags: Sequence[str], labels: Sequence[str], at: float
    ) -> tuple[EventUpdate, ...]:
        """Return what one frame at Unix time `at` changed: nothing, opened, a new peak, or closed.

        features: None where the objects of the frame are not known.

        The words (category, severity, reason, parts, features) are those of the highest frame so far; the tags are
        those of all frames over the threshold so far.
        """
        self._state, transitions = advance(
            self._state, score.value, at, self.settings, score.agreement, sure=score.sure, alone=score.alone
        )
        if self._state.phase != "cooldown" and self._state.level >= self.settings.threshold:
            self._tags.update(tags)
        updates = tuple(self._tell(t, score, features, labels) for t in transitions)
        if self._state.phase == "cooldown" or (self._state.phase == "idle" and self._state.run == 0):
            self._tags.clear()
        return updates

    def flush(self) -> tuple[EventUpdate, ...]:
        """Close the open event, if any, at its last frame."""
        self._state, transitions = flush(self._state, self.settings)
        return tuple(self._closed(t) for t in transitions)

    def _tell(
        self, change: Transition, score: Fused, features: FrameFeatures | None, labels: Sequence[str]
    ) -> EventUpdate:
        if change.kind == "closed":
            return self._closed(change)
        if change.kind == "opened":
            self._event_id = self._new_id()
        tags = self._tags_in_order()
        kind = explain.kind_of(tags, score.parts, labels, features.num_people if features is not None else 0.0)
        threshold = self.settings.threshold
        self._peak = EventUpdate(
            kind=change.kind,
            event_id=self._event_id,
            started_at=change.started_at,
            at=change.at,
            peak_at=change.peak_at,
            peak_score=change.peak_score,
            threshold=threshold,
            frame_count=change.frame_count,
            tags=tags,
            category=telling.category_of(kind, score),
            severity=telling.severity_of(kind, tags, change.peak_score, threshold, score),
            confidence=telling.confidence_of(change.peak_score, threshold, score),
            reason=telling.reason_of(kind, tags, score),
            parts=score.parts,
            features=features.as_dict() if features is not None else {},
            components=score.components(),
        )
        return self._peak

    def _closed(self, change: Transition) -> EventUpdate:
        return replace(
            self._peak,
            kind="closed",
            at=change.at,
            frame_count=change.frame_count,
            ended_at=change.ended_at,
            tags=self._tags_in_order(),
        )

    def _tags_in_order(self) -> tuple[str, ...]:
        return tuple(tag for tag in TAGS if tag in self._tags)
