"""Decide when a camera's trouble has lasted long enough to be an incident, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PATIENCE_S = {
    # A camera that restarts after a change of its settings is back within this.
    "offline": 20.0,
    # The source itself looks for seconds before it says so; this only takes out a flicker.
    "frozen": 5.0,
    "blind": 20.0,
}
STEADY_S = 5.0
"""A fault is over when nothing was wrong for so long."""

_FAULT_OF = {"offline": "offline", "connecting": "offline", "frozen": "frozen", "blind": "blind"}


@dataclass(frozen=True, slots=True)
class FaultChange:
    """A fault begins or ends. since is the Unix time at which the trouble, or the good time, began."""

    kind: Literal["opened", "closed"]
    fault: str
    since: float


class FaultDebounce:
    """Follow one camera's status.

    A fresh one does not know what an earlier worker told, so it closes each fault once.
    """

    def __init__(self) -> None:
        self._open = set(PATIENCE_S)
        self._told: set[str] = set()
        self._fault: str | None = None
        self._since: float | None = None

    def advance(self, status: str, at: float) -> tuple[FaultChange, ...]:
        """Take the status at Unix time `at` and return what it changes."""
        fault = _FAULT_OF.get(status)
        if self._since is None or fault != self._fault:
            self._fault, self._since = fault, at
        lasted_s = at - self._since
        if fault is None:
            return self._close(self._open, self._since) if lasted_s >= STEADY_S else ()
        if fault in self._told or lasted_s < PATIENCE_S[fault]:
            return ()
        # One fault at a time: a frozen camera sends pictures, so it is not offline any more.
        over = self._close(self._open - {fault}, self._since)
        self._told.add(fault)
        self._open.add(fault)
        return (*over, FaultChange("opened", fault, self._since))

    def _close(self, faults: set[str], since: float) -> tuple[FaultChange, ...]:
        over = tuple(FaultChange("closed", fault, since) for fault in sorted(faults))
        self._open = self._open - faults
        self._told = self._told - faults
        return over
