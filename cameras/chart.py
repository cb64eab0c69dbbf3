"""Lay out a camera's scores of the last 24 hours as columns, with the line from which a frame counts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from cameras.selectors import ScorePoint

HOURS = 24
STEP_MIN = 15
HEIGHT = 120.0
AIR = 4.0
"""Units above the highest score, so that the threshold's line is never cut."""
LABEL_EVERY_H = 6


@dataclass(frozen=True, slots=True)
class Column:
    """The highest score of one quarter of an hour; x and width in percent of the chart, y and height in its units.

    words: when it was and what it reached, as hovering tells.
    """

    since: dt.datetime
    words: str
    highest: float
    over: bool
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A full hour under the chart; x in percent, anchor as SVG has it."""

    clock: str
    x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour of the table behind the chart; over: how many of its quarters reach the threshold."""

    clock: str
    highest: float
    over: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns where there are scores; nothing is drawn for a time that nobody watched."""

    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    threshold: float
    threshold_y: float
    label_y: float
    rows: tuple[HourRow, ...]
    highest: float

    @property
    def over(self) -> int:
        return sum(column.over for column in self.columns)


def chart_of(points: Sequence[ScorePoint], threshold: float, now: dt.datetime) -> Chart:
    """Lay out the points of the 24 hours before `now`; its time zone says where the quarters and hours begin."""
    end = _ceiling(now)
    start = end - dt.timedelta(hours=HOURS)
    highest: dict[int, float] = {}
    for point in points:
        # A stretch of minutes counts where it ends: its score was not known before.
        quarter = math.ceil((min(point.until, end) - start).total_seconds() / 60 / STEP_MIN) - 1
        if quarter >= 0:
            highest[quarter] = max(point.highest, highest.get(quarter, 0.0))
    columns = tuple(_column(quarter, score, threshold, start) for quarter, score in sorted(highest.items()))
    threshold_y = _y(threshold)
    return Chart(
        columns=columns,
        marks=_marks(start, end),
        threshold=threshold,
        threshold_y=threshold_y,
        # Over the line, or under it where there is no room above.
        label_y=threshold_y - 5 if threshold_y > 18 else threshold_y + 14,
        rows=_rows(columns),
        highest=max(highest.values(), default=0.0),
    )


def _column(quarter: int, score: float, threshold: float, start: dt.datetime) -> Column:
    count = HOURS * 60 // STEP_MIN
    since = start + dt.timedelta(minutes=quarter * STEP_MIN)
    until = since + dt.timedelta(minutes=STEP_MIN)
    y = _y(score)
    return Column(
        since=since,
        words=f"{since:%H:%M}–{until:%H:%M}: {score:.2f}",
        highest=score,
        over=score >= threshold,
        x=round(quarter / count * 100, 3),
        width=round(0.8 / count * 100, 3),
        y=y,
        height=round(HEIGHT - y, 1),
    )


def _marks(start: dt.datetime, end: dt.datetime) -> tuple[Mark, ...]:
    first = start.replace(minute=0, second=0, microsecond=0)
    marks = []
    for hour in range(HOURS + 2):
        at = first + dt.timedelta(hours=hour)
        if at.hour % LABEL_EVERY_H == 0 and start <= at <= end:
            x = (at - start) / (end - start) * 100
            marks.append(Mark(f"{at:%H:%M}", round(x, 2), "start" if x < 4 else "end" if x > 96 else "middle"))
    return tuple(marks)


def _rows(columns: Sequence[Column]) -> tuple[HourRow, ...]:
    hours: dict[dt.datetime, list[Column]] = {}
    for column in columns:
        hours.setdefault(column.since.replace(minute=0), []).append(column)
    return tuple(
        HourRow(f"{hour:%a %H:%M}", max(column.highest for column in some), sum(column.over for column in some))
        for hour, some in sorted(hours.items(), reverse=True)
    )


def _ceiling(now: dt.datetime) -> dt.datetime:
    past = dt.timedelta(minutes=now.minute % STEP_MIN, seconds=now.second, microseconds=now.microsecond)
    return now if not past else now - past + dt.timedelta(minutes=STEP_MIN)


def _y(score: float) -> float:
    return round(AIR + (1 - min(1.0, max(0.0, score))) * (HEIGHT - AIR), 1)
