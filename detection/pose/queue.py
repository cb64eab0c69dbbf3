"""Choose whom to look at next within a time budget, so that nobody waits for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detection.types import Box, Track

CHANGE_WORTH_S = 2.0
"""A box whose shape has changed by half is looked at before one that waits for so many seconds more."""
FORGET_S = 10.0
SMOOTHING = 0.2
FIRST_COST_S = 0.02
NEARLY = 0.95
MOST_DEBT = 3.0
"""Budgets owed at most: a machine that was busy for a second shall not stop the looking for five."""
MOST_COST = 3.0
"""One look counts as at most so many usual ones in what a look usually takes."""


@dataclass(slots=True)
class _Last:
    at_s: float
    turn: int
    ratio: float
    height: float


class LookQueue:
    """Order people by how overdue they are and how much their box changed, and keep the time account.

    The account gains the budget with every frame and pays what the looks took; a look is taken when the account covers
    what one usually takes. So a budget smaller than one look still gives every second or third frame one, and an
    expensive frame is paid back. At most `saved` budgets are saved up.
    """

    def __init__(self, budget_s: float, saved: float = 2.0) -> None:
        """Start with one frame's budget in the account."""
        self._budget_s, self._saved = budget_s, saved
        self._account_s = 0.0
        self._cost_s = FIRST_COST_S
        self._last: dict[int, _Last] = {}
        self._turn = 0

    def begin(self, at_s: float) -> None:
        """Start a frame: pay the budget in, and forget who was not looked at for long."""
        most = max(self._saved * self._budget_s, self._cost_s)
        self._account_s = min(most, self._account_s + self._budget_s)
        self._last = {key: last for key, last in self._last.items() if at_s - last.at_s <= FORGET_S}

    def order(self, people: Sequence[Track], at_s: float) -> list[Track]:
        """Return the people, the most urgent first; those never looked at come before all, the largest first."""
        return sorted(people, key=lambda track: (-self._urgency(track, at_s), self._place(track), track.track_id))

    def may_look(self) -> bool:
        """Tell whether the account covers one more look."""
        return self._account_s >= NEARLY * self._cost_s

    def looked(self, track: Track, at_s: float, took_s: float) -> None:
        """Note a look at this person and what it took."""
        self._turn += 1
        self._last[track.track_id] = _Last(at_s, self._turn, _ratio(track.box), _height(track.box))
        self._account_s = max(self._account_s - took_s, -MOST_DEBT * self._budget_s)
        self._cost_s += SMOOTHING * (min(took_s, MOST_COST * self._cost_s) - self._cost_s)

    def _place(self, track: Track) -> float:
        """Return who goes first of two equally overdue: who had the turn first; of the new ones, the larger."""
        last = self._last.get(track.track_id)
        return -_height(track.box) if last is None else float(last.turn)

    def _urgency(self, track: Track, at_s: float) -> float:
        last = self._last.get(track.track_id)
        if last is None:
            return float("inf")
        shape = abs(_ratio(track.box) / last.ratio - 1.0)
        size = abs(_height(track.box) / last.height - 1.0)
        return (at_s - last.at_s) + CHANGE_WORTH_S * 2.0 * max(shape, size)


def _height(box: Box) -> float:
    return max(1.0, box[3] - box[1])


def _ratio(box: Box) -> float:
    return _height(box) / max(1.0, box[2] - box[0])
