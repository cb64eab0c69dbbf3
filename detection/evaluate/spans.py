"""Compare the events that were raised with the spans that are true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from detection.evaluate.metrics import Labels, Scores
from detection.events.machine import EventSettings, EventState, advance, flush

Agreement = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Raised:
    """One event of one clip, clip seconds: its first frame over the threshold, when it opened, its last held frame."""

    started_at: float
    opened_at: float
    ended_at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the events of some clips were worth.

    spans: true spans; found: those that an event overlaps; latencies_s: of each found one, from its first frame to
    the alarm (0 when the alarm was already open); false_events: events that overlap no span; normal_s: footage
    outside of the spans.
    """

    spans: int
    found: int
    latencies_s: tuple[float, ...]
    false_events: int
    normal_s: float

    @property
    def median_latency_s(self) -> float | None:
        """Return the median latency of the spans found, or None."""
        return median(self.latencies_s) if self.latencies_s else None

    @property
    def false_per_hour(self) -> float:
        """Return the false events in an hour of normal footage."""
        return self.false_events / self.normal_s * 3600.0 if self.normal_s > 0 else 0.0


def raised(scores: Scores, settings: EventSettings, fps: float, agreement: Agreement | None = None) -> list[Raised]:
    """Return the events of one clip's scores, (frames,), through the same state machine as live.

    agreement: how many independent parts spoke in each frame, (frames,); one where it is left out.
    """
    state, found, opened_at = EventState(), [], 0.0
    voices = np.ones(len(scores), np.int64) if agreement is None else agreement
    for index, (score, speaking) in enumerate(zip(scores, voices, strict=True)):
        state, changes = advance(state, float(score), index / fps, settings, int(speaking))
        for change in changes:
            if change.kind == "opened":
                opened_at = change.at
            elif change.kind == "closed" and change.ended_at is not None:
                found.append(Raised(change.started_at, opened_at, change.ended_at))
    found += [Raised(c.started_at, opened_at, c.ended_at or c.at) for c in flush(state, settings)[1]]
    return found


def outcome(
    labels: Sequence[Labels],
    scores: Sequence[Scores],
    settings: EventSettings,
    fps: float,
    agreements: Sequence[Agreement] | None = None,
) -> Outcome:
    """Return what the events of the clips were worth; each clip starts with an idle state machine."""
    total, latencies, false_events, normal = 0, [], 0, 0
    voices = [None] * len(scores) if agreements is None else agreements
    for truth, values, speaking in zip(labels, scores, voices, strict=True):
        spans, events = _spans(truth), raised(values, settings, fps, speaking)
        total += len(spans)
        normal += int((~truth).sum())
        for first, last in spans:
            hits = [e for e in events if e.started_at <= last / fps and e.ended_at >= first / fps]
            alarms = [e.opened_at for e in hits if e.opened_at <= last / fps]
            if alarms:
                latencies.append(max(0.0, min(alarms) - first / fps))
        false_events += sum(
            all(e.started_at > last / fps or e.ended_at < first / fps for first, last in spans) for e in events
        )
    return Outcome(total, len(latencies), tuple(latencies), false_events, normal / fps)


def _spans(labels: Labels) -> list[tuple[int, int]]:
    """Return the first and last frame of each run of unusual frames."""
    edges = np.diff(np.concatenate([[0], labels.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True))
