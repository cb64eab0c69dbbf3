"""Decide when an event opens, peaks and closes: one pure function over plain states.

idle ──score ≥ threshold in a row: min_frames frames on which parts agree, or lone_frames of any──▶ active
active ──score < threshold × hysteresis_low_ratio──▶ ending ──any frame at or above that──▶ active
ending ──end_patience_frames such frames in a row──▶ cooldown ──cooldown_seconds──▶ idle

The score is the frame's own, or its causal mean over smoothing_s. A sense that is sure enough to alarm alone needs no
smoothing and no agreement, and ends a cooldown unless the event before was of the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, isfinite
from typing import Literal

from detection.senses import ALONE

Phase = Literal["idle", "active", "ending", "cooldown"]

CORROBORATED = 2
"""So many independent parts over what is normal for each make a frame that needs no further wait."""


@dataclass(frozen=True, slots=True)
class EventSettings:
    """When an event opens and closes.

    threshold: score 0–1 from which frames count; hysteresis_low_ratio: an open event ends below threshold × this;
    end_patience_frames: frames in a row below it that end the event; cooldown_seconds: no new event for so long after
    the last frame that held the old one; min_frames: frames with an agreement of CORROBORATED or more, in one row
    of frames at or over the threshold, that open one; lone_frames: frames in a row that open one whatever the agreement
    (None: min_frames); smoothing_s: time constant of the causal exponential mean that the score goes through first
    (0: none); alone_at: score from which one sense alarms alone, 1 or less; refused: kinds of findings ("fall") that
    people refused at this camera, and how often. Raises ValueError for a value out of range.
    """

    threshold: float = 0.75
    hysteresis_low_ratio: float = 0.7
    end_patience_frames: int = 10
    cooldown_seconds: float = 10.0
    min_frames: int = 2
    smoothing_s: float = 0.0
    lone_frames: int | None = None
    alone_at: float = ALONE
    refused: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse settings with which the machine could not work."""
        if not 0.0 < self.threshold <= 1.0:
            raise ValueError(f"threshold must be over 0 and at most 1, not {self.threshold}.")
        if not 0.0 < self.hysteresis_low_ratio <= 1.0:
            raise ValueError(f"hysteresis_low_ratio must be over 0 and at most 1, not {self.hysteresis_low_ratio}.")
        if self.end_patience_frames < 1 or self.min_frames < 1:
            raise ValueError("end_patience_frames and min_frames must be at least 1.")
        if not (isfinite(self.cooldown_seconds) and self.cooldown_seconds >= 0.0):
            raise ValueError(f"cooldown_seconds must be 0 or more, not {self.cooldown_seconds}.")
        if not (isfinite(self.smoothing_s) and self.smoothing_s >= 0.0):
            raise ValueError(f"smoothing_s must be 0 or more, not {self.smoothing_s}.")
        if not 0.0 < self.alone_at <= 1.0:
            raise ValueError(f"alone_at must be over 0 and at most 1, not {self.alone_at}.")
        if self.lone_frames is not None and self.lone_frames < self.min_frames:
            raise ValueError(
                f"lone_frames must be at least min_frames ({self.min_frames}), not {self.lone_frames}: "
                "one part alone needs as long as two that agree, or longer."
            )

    @property
    def low(self) -> float:
        """Return the score below which an open event begins to end."""
        return self.threshold * self.hysteresis_low_ratio

    @property
    def alone(self) -> int:
        """Return the frames in a row that open an event when one part speaks alone."""
        return self.min_frames if self.lone_frames is None else self.lone_frames


@dataclass(frozen=True, slots=True)
class EventState:
    """Where the machine stands.

    run: in "idle" the frames in a row over the threshold, in "ending" those below the low mark; agreed: in
    "idle" those of the row on which parts agreed. started_at, peak_at, held_at (the last frame at or over the low
    mark): Unix seconds; frame_count: frames from the start to now. smoothed: the score's mean, None before the first
    frame; level: what was compared with the threshold last; heard: what alarmed alone in the event, kept through its
    cooldown.
    """

    phase: Phase = "idle"
    run: int = 0
    agreed: int = 0
    last_at: float = float("-inf")
    started_at: float = 0.0
    peak_at: float = 0.0
    peak_score: float = 0.0
    held_at: float = 0.0
    frame_count: int = 0
    cooldown_until: float = float("-inf")
    smoothed: float | None = None
    level: float = 0.0
    heard: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Transition:
    """One thing that happened to the event in hand, with the figures of that moment."""

    kind: Literal["opened", "peak", "closed"]
    started_at: float
    at: float
    peak_at: float
    peak_score: float
    frame_count: int
    ended_at: float | None = None


def advance(
    state: EventState,
    score: float,
    at: float,
    settings: EventSettings,
    agreement: int = 1,
    *,
    sure: float = 0.0,
    alone: str = "",
) -> tuple[EventState, tuple[Transition, ...]]:
    """Return the next state and what happened, for one frame scored `score` (0–1) at Unix time `at`.

    agreement: how many independent parts of the score lie over what is normal for each; alone, sure: what alarms alone,
    and the score that it gives, "" and 0 when nothing does.

    A score that is not a finite number says nothing: the state stays as it is, an open event stays open. A time
    before the last one counts as the last one, so that a clock set back neither lengthens a cooldown nor gives an
    event a negative length.
    """
    if not (isfinite(score) and isfinite(at)):
        return state, ()
    at = max(at, state.last_at)
    score = smooth(state.smoothed, score, at - state.last_at, settings.smoothing_s)
    level = max(score, sure)
    state = replace(state, last_at=at, smoothed=score, level=level)
    if state.phase == "cooldown" and (at >= state.cooldown_until or (alone and alone not in state.heard)):
        state = _idle_again(state)
    if state.phase == "cooldown":
        return state, ()
    if state.phase == "idle":
        return _idle(state, level, at, settings, max(agreement, CORROBORATED) if alone else agreement, alone)
    return _open(state, level, at, settings, alone)


def smooth(before: float | None, score: float, passed_s: float, smoothing_s: float) -> float:
    """Return the causal exponential mean of time constant smoothing_s with this score in it; the score where it is 0.

    before: the mean so far, None on the first frame; passed_s: seconds since.
    """
    if before is None or smoothing_s <= 0.0:
        return score
    return before + (1.0 - exp(-passed_s / smoothing_s)) * (score - before)


def flush(state: EventState, settings: EventSettings) -> tuple[EventState, tuple[Transition, ...]]:
    """Close an open event now, at the last frame seen: the source ended or the watch stops."""
    if state.phase not in ("active", "ending"):
        return state, ()
    return _close(state, settings)


def _idle_again(state: EventState) -> EventState:
    return EventState(last_at=state.last_at, smoothed=state.smoothed, level=state.level)


def _idle(
    state: EventState, score: float, at: float, settings: EventSettings, agreement: int, alone: str
) -> tuple[EventState, tuple[Transition, ...]]:
    if score < settings.threshold:
        return _idle_again(state), ()
    first = state.run == 0
    rises = first or score > state.peak_score
    state = replace(
        state,
        run=state.run + 1,
        agreed=state.agreed + (agreement >= CORROBORATED),
        started_at=at if first else state.started_at,
        peak_at=at if rises else state.peak_at,
        peak_score=score if rises else state.peak_score,
        held_at=at,
        frame_count=state.frame_count + 1,
        heard=_with(state.heard, alone),
    )
    if state.agreed < settings.min_frames and state.run < settings.alone:
        return state, ()
    state = replace(state, phase="active", run=0, agreed=0)
    return state, (_transition("opened", state),)


def _open(
    state: EventState, score: float, at: float, settings: EventSettings, alone: str
) -> tuple[EventState, tuple[Transition, ...]]:
    state = replace(state, frame_count=state.frame_count + 1, heard=_with(state.heard, alone))
    if score < settings.low:
        state = replace(state, phase="ending", run=state.run + 1)
        return _close(state, settings) if state.run >= settings.end_patience_frames else (state, ())
    state = replace(state, phase="active", run=0, held_at=at)
    if score > state.peak_score:
        state = replace(state, peak_score=score, peak_at=at)
        return state, (_transition("peak", state),)
    return state, ()


def _close(state: EventState, settings: EventSettings) -> tuple[EventState, tuple[Transition, ...]]:
    closed = replace(_transition("closed", state), ended_at=state.held_at)
    return (
        replace(
            _idle_again(state),
            phase="cooldown",
            cooldown_until=state.held_at + settings.cooldown_seconds,
            heard=state.heard,
        ),
        (closed,),
    )


def _with(heard: frozenset[str], alone: str) -> frozenset[str]:
    return heard | {alone} if alone else heard


def _transition(kind: Literal["opened", "peak", "closed"], state: EventState) -> Transition:
    return Transition(
        kind=kind,
        started_at=state.started_at,
        at=state.last_at,
        peak_at=state.peak_at,
        peak_score=state.peak_score,
        frame_count=state.frame_count,
    )
