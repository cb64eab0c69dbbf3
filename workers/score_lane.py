"""Collect the scores around one event, for the lane under its clip."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

BEFORE_S = 5.0
"""Scores from before the event, as long as the clip's pre-roll."""

MAX_POINTS = 300


@dataclass(slots=True)
class _Series:
    started_at: float
    points: list[tuple[float, float]] = field(default_factory=list)


class ScoreLane:
    """The scores of one camera's recent past and of its open event; bounded however long the event lasts."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()
        self._open: dict[UUID, _Series] = {}

    def add(self, at: float, score: float) -> None:
        """Take the score (0–1) of the frame captured at Unix time `at`."""
        self._recent.append((at, score))
        while self._recent[0][0] < at - BEFORE_S:
            self._recent.popleft()
        for series in self._open.values():
            series.points.append((at, score))
            if len(series.points) > MAX_POINTS:
                series.points = _halved(series.points)

    def opened(self, event_id: UUID, started_at: float) -> None:
        """Begin the series of an event, with what came just before it."""
        self._open[event_id] = _Series(started_at, list(self._recent))

    def closed(self, event_id: UUID) -> list[tuple[float, float]]:
        """End a series and return (seconds from the event's start, score) pairs; empty for an unknown event."""
        series = self._open.pop(event_id, None)
        if series is None:
            return []
        return [(round(at - series.started_at, 2), round(score, 3)) for at, score in series.points]


def _halved(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep the higher of every two neighbours, so that a peak is never lost."""
    return [max(points[i : i + 2], key=lambda point: point[1]) for i in range(0, len(points), 2)]
