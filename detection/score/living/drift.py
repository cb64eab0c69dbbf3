"""Notice that a camera's normal footage no longer looks as it did when it was learned."""

from __future__ import annotations

from collections import deque

BUCKETS = 30
LEAST_FRAMES = 500
LEAST_SHARE = 0.8
"""Drift is told only over a span of which at least so much was watched."""
USUAL_SHARE = 0.05
"""Share of held-out normal frames over the 95th percentile."""


class Drift:
    """Count frames over the usual 95th percentile in the last span_s seconds. Not thread-safe.

    Three times the share is far outside of chance: in half an hour at 5 frames a second there are some hundred
    independent passages, of which 5 ± 2 in a hundred are over. An hour of another light or a market day reaches twice.
    """

    def __init__(self, span_s: float) -> None:
        self._bucket_s = span_s / BUCKETS
        self._counts: deque[tuple[int, int, int]] = deque(maxlen=BUCKETS)

    def add(self, at: float, over: bool) -> None:
        """Count one undisputed frame at Unix time `at`."""
        bucket = int(at // self._bucket_s)
        if self._counts and self._counts[-1][0] >= bucket:
            bucket, frames, high = self._counts.pop()
            self._counts.append((bucket, frames + 1, high + over))
        else:
            self._counts.append((bucket, 1, int(over)))

    def share(self) -> float | None:
        """Return the share of frames over it, 0–1; None while the span was not watched for long enough."""
        if not self._counts:
            return None
        last = self._counts[-1][0]
        known = [row for row in self._counts if row[0] > last - BUCKETS]
        frames = sum(row[1] for row in known)
        if len(known) < LEAST_SHARE * BUCKETS or frames < LEAST_FRAMES:
            return None
        return sum(row[2] for row in known) / frames

    def forget(self) -> None:
        """Start counting anew."""
        self._counts.clear()

    def state(self) -> list[tuple[int, int, int]]:
        """Return the counts: bucket, frames, frames over."""
        return list(self._counts)

    def restore(self, counts: list[tuple[int, int, int]]) -> None:
        """Take what `state` gave."""
        self._counts.extend((int(a), int(b), int(c)) for a, b, c in counts)
