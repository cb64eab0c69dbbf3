"""Choose a camera's threshold from its own scores, and say what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.calibrate.counting import Opened, alerts, smoothed
from detection.calibrate.series import GAP_S, ScoreSeries
from detection.events.machine import EventSettings

DAY_S = 86_400.0
NEEDED_S = 6 * 3600.0
LOWEST, HIGHEST = 0.05, 0.99
"""A threshold under the lowest would count frames on which nothing happens."""
STEP = 0.01
TABLE_STEP = 0.05
HELD_OUT = 2 / 7
SLACK = 1.01
"""The footage of seven days is some frames short of them; that shall not cost an alert."""
ALERT_S = 600.0
"""An event that lasts counts anew so often: a threshold below the usual scores would be one endless alert."""
MARGIN_S = 5.0
"""What happens so shortly before or after a confirmed alarm belongs to it."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AlertsPerDay:
    """So many alerts in 24 hours of footage, at most."""

    target: float


@dataclass(frozen=True, slots=True)
class Share:
    """So large a share of the frames over the threshold, 0–1."""

    of_frames: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """This threshold, whatever it brings."""

    threshold: float


Wanted = AlertsPerDay | Share | Fixed


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold and what it means on the footage it was made from.

    alerts_per_day: over all the footage; held_out_alerts_per_day: over the last part, which had no say in the choice
    (None where there is too little); share_over: of the frames, 0–1; hours: of footage; from_at, to_at: Unix seconds;
    enough: whether there is footage enough to go by; message: what people should know, or nothing; table: (threshold,
    alerts a day), rising.
    """

    threshold: float
    alerts_per_day: float
    held_out_alerts_per_day: float | None
    share_over: float
    hours: float
    from_at: float | None
    to_at: float | None
    enough: bool
    message: str
    table: tuple[tuple[float, float], ...]


def calibrate(series: ScoreSeries, wanted: Wanted, settings: EventSettings, ignore: Sequence[Span] = ()) -> Calibration:
    """Return the threshold that gives what is wanted with these durations, smoothing and cooldown.

    settings: its threshold is replaced, the rest is kept; ignore: spans (Unix seconds) of alarms that people confirmed,
    which no threshold shall be raised for. Chosen on the first part of the footage, checked on the last.
    """
    seconds = series.seconds
    if not seconds:
        kept = wanted.threshold if isinstance(wanted, Fixed) else settings.threshold
        return Calibration(kept, 0.0, None, 0.0, 0.0, None, None, False, "There are no scores yet.", ())
    # Smoothed once here, as the machine would at every threshold that is tried.
    series = ScoreSeries(series.at, smoothed(series, settings.smoothing_s), series.agreement)
    settings = replace(settings, smoothing_s=0.0)
    early, late = _parts(series, seconds)
    threshold, message = _choose(early, wanted, settings, ignore)
    plain = _without(series, ignore)
    return Calibration(
        threshold=threshold,
        alerts_per_day=_per_day(series, seconds, settings, threshold, ignore),
        held_out_alerts_per_day=(
            _per_day(late, late.seconds, settings, threshold, ignore) if late.seconds > 0 else None
        ),
        share_over=float((plain.score >= threshold).mean()) if len(plain) else 0.0,
        hours=seconds / 3600.0,
        from_at=float(series.at[0]),
        to_at=float(series.at[-1]),
        enough=seconds >= NEEDED_S,
        message=message,
        table=tuple(
            (each, _per_day(series, seconds, settings, each, ignore)) for each in _grid(LOWEST, HIGHEST, TABLE_STEP)
        ),
    )


def _choose(series: ScoreSeries, wanted: Wanted, settings: EventSettings, ignore: Sequence[Span]) -> tuple[float, str]:
    if isinstance(wanted, Fixed):
        return wanted.threshold, ""
    if isinstance(wanted, Share):
        return _by_share(_without(series, ignore), wanted.of_frames)
    return _by_alerts(series, wanted.target, settings, ignore)


def _by_share(series: ScoreSeries, share: float) -> tuple[float, str]:
    """Return the lowest threshold that at most this share of the frames reaches."""
    if not len(series):
        return HIGHEST, "All the footage belongs to confirmed alarms."
    ordered = np.sort(series.score)
    may_reach = int(share * len(ordered))
    first_over = float(ordered[len(ordered) - may_reach]) if may_reach else float("inf")
    same = ordered[: len(ordered) - may_reach]
    # Frames that score the same lie all over the threshold or all under it.
    chosen = first_over if not len(same) or same[-1] < first_over else float(same[-1]) + 1e-3
    if chosen < LOWEST:
        over = float((series.score >= LOWEST).mean())
        return LOWEST, (
            f"Most frames here score next to nothing, so the threshold is held at {LOWEST:g}: {over:.1%} of the frames "
            f"reach it, fewer than the {share:.0%} asked for."
        )
    return min(HIGHEST, round(chosen, 3)), ""


def _by_alerts(
    series: ScoreSeries, target: float, settings: EventSettings, ignore: Sequence[Span]
) -> tuple[float, str]:
    """Return the lowest threshold at which, as at every higher one, no more than `target` alerts a day open."""
    seconds = series.seconds
    chosen: float | None = None
    for threshold in reversed(_grid(LOWEST, HIGHEST, STEP)):
        if _per_day(series, seconds, settings, threshold, ignore) > target * SLACK:
            break
        chosen = threshold
    if chosen is None:
        return HIGHEST, (
            f"Even at {HIGHEST:g} there would be {_per_day(series, seconds, settings, HIGHEST, ignore):.1f} alerts a "
            f"day, more than the {target:g} asked for. Let the camera learn for longer, or ask for a longer duration."
        )
    return chosen, ""


def _per_day(
    series: ScoreSeries, seconds: float, settings: EventSettings, threshold: float, ignore: Sequence[Span]
) -> float:
    if seconds <= 0:
        return 0.0
    opened = alerts(series, replace(settings, threshold=threshold))
    counted = (1 + int((each.ended_at - each.started_at) / ALERT_S) for each in opened if not _confirmed(each, ignore))
    return sum(counted) * DAY_S / seconds


def _confirmed(event: Opened, spans: Sequence[Span]) -> bool:
    """Tell whether an event is a confirmed alarm; an endless one is not, whatever lies within it."""
    return event.ended_at - event.started_at < ALERT_S and any(
        event.started_at <= end + MARGIN_S and event.ended_at >= start - MARGIN_S for start, end in spans
    )


def _without(series: ScoreSeries, spans: Sequence[Span]) -> ScoreSeries:
    kept = np.ones(len(series), bool)
    for start, end in spans:
        kept &= (series.at < start - MARGIN_S) | (series.at > end + MARGIN_S)
    return ScoreSeries(series.at[kept], series.score[kept], series.agreement[kept])


def _parts(series: ScoreSeries, seconds: float) -> tuple[ScoreSeries, ScoreSeries]:
    """Return the part to choose on and the part to check on: whole days are held out where there are some."""
    held_out_s = seconds * HELD_OUT
    if held_out_s >= DAY_S:
        held_out_s = round(held_out_s / DAY_S) * DAY_S
    steps = np.diff(series.at, prepend=series.at[:1])
    passed = np.cumsum(np.where(steps <= GAP_S, steps, 0.0))
    cut = int(np.searchsorted(passed, seconds - held_out_s, "right"))
    return series[:cut], series[cut:]


def _grid(lowest: float, highest: float, step: float) -> list[float]:
    """Return the thresholds from lowest on in steps, and the highest."""
    count = int((highest - lowest) / step + 1e-9)
    grid = [round(lowest + i * step, 3) for i in range(count + 1)]
    return grid if grid[-1] == highest else [*grid, highest]
