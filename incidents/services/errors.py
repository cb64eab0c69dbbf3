"""Why a change to an incident was refused, as sentences for the person who asked."""

from __future__ import annotations

import datetime as dt


class IncidentConflict(Exception):
    """The incident is not in the state that the change needs. Nothing was written."""

    code = "conflict"


class AlreadyTaken(IncidentConflict):
    """Somebody else was first. `who` did `what` at `when` (aware)."""

    code = "already_taken"

    def __init__(self, *, number: int, what: str, who: str, when: dt.datetime) -> None:
        self.number = number
        self.what = what
        self.who = who
        self.when = when
        super().__init__(f"{who} already {what} incident #{number} at {when:%H:%M:%S} UTC.")


class NotAllowed(IncidentConflict):
    """The state of the incident does not allow this change."""

    code = "not_allowed"


class Stale(IncidentConflict):
    """The incident changed since the caller looked at it."""

    code = "stale"
