"""Lay out the score lane: one event's scores against its threshold, on the clock of its clip."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from incidents.models import Event

WIDTH, HEIGHT = 1000.0, 48.0
"""The drawing's own units; the page stretches it."""

LEAD_S, TAIL_S = 5.0, 3.0
"""What a clip shows before and after its event."""


TABLE_ROWS = 60
"""Lines of the table behind the curve; a longer event gets one for each two seconds, three, …"""


@dataclass(frozen=True, slots=True)
class TableRow:
    """The highest score of one step of the table."""

    at: dt.datetime
    score: float
    over: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """Coordinates in WIDTH × HEIGHT; times in Unix seconds."""

    start: float
    end: float
    clip_start: float | None
    points: str
    threshold_y: float
    band_x: float
    band_width: float
    peak_x: float
    peak_y: float
    rows: tuple[tuple[float, float], ...]
    started: float
    threshold: float

    @property
    def starts_at(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.start, dt.UTC)

    @property
    def ends_at(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.end, dt.UTC)

    @property
    def length_s(self) -> float:
        return self.end - self.start

    @property
    def step_s(self) -> int:
        """Whole seconds that one line of the table stands for."""
        span = self.rows[-1][0] - self.rows[0][0] if self.rows else 0.0
        return max(1, math.ceil(span / TABLE_ROWS))

    @property
    def table_step(self) -> str:
        return "second" if self.step_s == 1 else f"{self.step_s} seconds"

    @property
    def table(self) -> list[TableRow]:
        """The curve in lines, for people who cannot see it."""
        highest: dict[int, float] = {}
        for at, score in self.rows:
            line = math.floor((self.started + at) / self.step_s)
            highest[line] = max(score, highest.get(line, 0.0))
        return [
            TableRow(dt.datetime.fromtimestamp(line * self.step_s, dt.UTC), score, score >= self.threshold)
            for line, score in sorted(highest.items())
        ]


def lane_of(event: Event, now: dt.datetime) -> Lane:
    """Lay out an event; while it goes on its band ends now, and the curve comes when it has ended."""
    started = event.started_at.timestamp()
    until = (event.ended_at or max(now, event.peak_at)).timestamp()
    clip = event.clip_started_at.timestamp() if event.clip_started_at else None
    start = min(started - LEAD_S, clip) if clip is not None else started - LEAD_S
    end = until + TAIL_S
    rows = tuple((float(at), float(score)) for at, score in event.scores)

    def x(moment: float) -> float:
        return round((moment - start) / (end - start) * WIDTH, 1)

    return Lane(
        start=start,
        end=end,
        clip_start=clip,
        points=" ".join(f"{x(started + at)},{_y(score)}" for at, score in rows),
        threshold_y=_y(event.threshold),
        band_x=x(started),
        band_width=round(x(until) - x(started), 1),
        peak_x=x(event.peak_at.timestamp()),
        peak_y=_y(event.peak_score),
        rows=rows,
        started=started,
        threshold=event.threshold,
    )


def _y(score: float) -> float:
    """Return the height of a score 0–1, with 2 units of air above and below."""
    return round(2 + (1 - min(1.0, max(0.0, score))) * (HEIGHT - 4), 1)
