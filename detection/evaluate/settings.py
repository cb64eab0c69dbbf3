"""Measure what settings are worth: false events on normal clips held out, events found on labelled ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.calibrate import ScoreSeries, alerts
from detection.evaluate.metrics import Labels, Scores
from detection.evaluate.spans import Agreement, Outcome, outcome
from detection.events import PRESETS, EventSettings

LONE_S = 1.5
"""What one part alone says must last for so long: on held-out normal clips single parts stay up to 2.4 s over half of
their top (a pedestrian called a bicycle, a head at the picture's edge). Parts that agree need no further wait: they
have waited for each other, and of 2,550 such frames none has two that do, with looks one."""
MARGIN = 1.15
"""The default's threshold over the lowest silent one, so that an eighth lower is silent too: minutes of footage have
not shown the highest score of a day."""
QUOTAS = {"conservative": 0.05, "balanced": 0.10, "moderate": 0.25, "sensitive": 0.40}
THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(5, 100))


@dataclass(frozen=True, slots=True)
class Scored:
    """One clip as a scorer judged it: scores, (frames,), 0–1, and how many parts agreed in each frame, (frames,)."""

    values: Scores
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: what it asks for, its threshold, and what it brings.

    normal: on held-out normal clips; test: on labelled ones; threshold: the one that the labelled clips were judged by.
    """

    threshold: float
    normal: Outcome
    test: Outcome


def rows_of(held_out: Sequence[Scored], labels: Sequence[Labels], test: Sequence[Scored], fps: float) -> dict[str, Row]:
    """Return what each setting is worth: fixed thresholds, quotas of the held-out frames, and the default.

    A quota is taken of the very frames whose events are then counted, as it is by those who use quotas. The default's
    threshold is chosen by what a camera's own calibration does; no clip has a say in the threshold it is judged by.
    """
    rows = {}
    for name, settings in PRESETS.items():
        normal, found = _worth(held_out, settings, fps), _worth(test, settings, fps, labels)
        rows[f"{name}, {settings.threshold:.2f}"] = Row(settings.threshold, normal, found)
    frames = np.concatenate([clip.values for clip in held_out])
    for name, share in QUOTAS.items():
        threshold = float(np.clip(np.quantile(frames, 1.0 - share), 0.01, 1.0))
        settings = EventSettings(threshold=threshold)
        rows[f"{name}, {share:.0%} of frames"] = Row(
            threshold, _worth(held_out, settings, fps), _worth(test, settings, fps, labels)
        )
    rows["default"] = _default_row(held_out, labels, test, fps)
    return rows


def default_settings(fps: float) -> EventSettings:
    """Return the durations of the default at a rate: one frame on which parts agree, or LONE_S of one alone."""
    return EventSettings(min_frames=1, lone_frames=max(1, round(LONE_S * fps)))


def default_threshold(clips: Sequence[Scored], fps: float) -> float:
    """Return the default's threshold after normal clips: MARGIN times the lowest that opens no event on them.

    In minutes of footage one alert is more than any daily target allows, so this is what calibration would choose.
    """
    series = [
        ScoreSeries.of((np.arange(len(clip.values)) / fps).tolist(), clip.values.tolist(), clip.agreement.tolist())
        for clip in clips
    ]
    lowest, settings = THRESHOLDS[-1], default_settings(fps)
    for threshold in reversed(THRESHOLDS):
        if any(alerts(each, replace(settings, threshold=threshold)) for each in series):
            break
        lowest = threshold
    return min(THRESHOLDS[-1], lowest * MARGIN)


def _default_row(held_out: Sequence[Scored], labels: Sequence[Labels], test: Sequence[Scored], fps: float) -> Row:
    settings, outcomes = default_settings(fps), []
    for number, clip in enumerate(held_out):
        threshold = default_threshold([*held_out[:number], *held_out[number + 1 :]], fps)
        outcomes.append(_worth([clip], replace(settings, threshold=threshold), fps))
    normal = Outcome(0, 0, (), sum(o.false_events for o in outcomes), sum(o.normal_s for o in outcomes))
    threshold = default_threshold(held_out, fps)
    return Row(threshold, normal, _worth(test, replace(settings, threshold=threshold), fps, labels))


def _worth(
    clips: Sequence[Scored], settings: EventSettings, fps: float, labels: Sequence[Labels] | None = None
) -> Outcome:
    truth = [np.zeros(len(clip.values), bool) for clip in clips] if labels is None else labels
    return outcome(truth, [clip.values for clip in clips], settings, fps, [clip.agreement for clip in clips])
