"""How long to wait before connecting again."""

from __future__ import annotations

from collections.abc import Callable


class Backoff:
    """Double the wait after every failure, up to a longest one, with jitter so that cameras do not come back at once.

    shortest_s, longest_s: seconds. jitter returns 0–1; a wait is between 75 % and 100 % of its step.
    """

    def __init__(self, shortest_s: float, longest_s: float, jitter: Callable[[], float]) -> None:
        self._shortest_s, self._longest_s, self._jitter = shortest_s, longest_s, jitter
        self._failures = 0

    def reset(self) -> None:
        """Begin again at the shortest wait."""
        self._failures = 0

    def next_s(self, *, slowly: bool = False) -> float:
        """Return the next wait in seconds; the longest at once when slowly."""
        # 2**40 times anything is over any longest wait; the cap keeps the power from overflowing after years.
        step = self._longest_s if slowly else min(self._longest_s, self._shortest_s * 2.0 ** min(self._failures, 40))
        self._failures += 1
        return step * (0.75 + 0.25 * self._jitter())
