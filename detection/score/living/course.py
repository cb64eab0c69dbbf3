"""Keep where a baseline is in its life, and tell it to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from detection.score.living.settings import BaselineStatus, LivingSettings, Phase

FRESH_S = 10.0
"""An object not seen for so long is another one when its number comes again."""
MAX_STEP_S = 2.0
RETRY_S = 60.0
"""Where too little passed to learn objects from, the next try is after so much footage more."""
TICK_S = 300.0
"""So much footage more is worth saving."""


@dataclass(slots=True)
class Course:
    """Phase, footage counted, and when to learn next. Plain values, so that all of it can be saved.

    since: Unix time of the phase's start; reason: why it learns anew, or did last; learned_s: seconds of footage
    learned from; objects: different objects in it; next_s: learned_s at which to learn next; revision: rises whenever
    something is worth saving.
    """

    phase: Phase = "warming up"
    since: float = 0.0
    reason: str = ""
    learned_s: float = 0.0
    objects: int = 0
    next_s: float = 0.0
    saved_s: float = 0.0
    revision: int = 0

    def learned_more(self, seconds: float) -> None:
        """Count footage."""
        self.learned_s += min(MAX_STEP_S, max(0.0, seconds))
        if self.learned_s - self.saved_s >= TICK_S:
            self.worth_saving()

    def worth_saving(self) -> None:
        """Raise the revision."""
        self.revision += 1
        self.saved_s = self.learned_s

    def enter(self, phase: Phase, at: float, reason: str | None = None) -> None:
        """Begin a phase at a Unix time."""
        self.phase, self.since = phase, at
        self.reason = self.reason if reason is None else reason
        self.worth_saving()

    def enough(self, sightings: int, settings: LivingSettings) -> bool:
        """Tell whether there is enough footage to learn from for the first time."""
        seen = self.learned_s >= settings.warm_s and sightings >= settings.warm_sightings
        return seen or self.learned_s >= settings.quiet_s

    def schedule(self, settings: LivingSettings) -> None:
        """Set when to learn next: at the settings' steps, the last one repeating."""
        steps = settings.retrain_s
        ahead = [step for step in steps if step > self.learned_s]
        if ahead:
            self.next_s = ahead[0]
            return
        every = steps[-1] - steps[-2]
        self.next_s = steps[-1] + every * (1 + (self.learned_s - steps[-1]) // every)

    def status(
        self, sightings: int, ready_in_s: float | None, version: str, settings: LivingSettings
    ) -> BaselineStatus:
        """Return what people see; ready_in_s: seconds until a learning that is under way takes effect."""
        if self.phase in ("active", "drifting"):
            message = self._drifting() if self.phase == "drifting" else self._active()
            left_s = ready_in_s if self.phase == "drifting" else 0.0
            progress = 1.0
        else:
            progress, left_s, message = self._warming(sightings, ready_in_s, settings)
        return BaselineStatus(
            self.phase, progress, left_s, message, self.since, round(self.learned_s, 1), self.objects, version
        )

    def _active(self) -> str:
        told = f"Watching by {_span(self.learned_s)} of this camera's own footage"
        return f"{told}, learned anew: {self.reason}" if self.reason else f"{told}."

    def _drifting(self) -> str:
        return f"{self.reason} It is learning anew from newer footage."

    def _warming(
        self, sightings: int, ready_in_s: float | None, settings: LivingSettings
    ) -> tuple[float, float | None, str]:
        why = f"{self.reason} " if self.reason else ""
        meanwhile = "Meanwhile each frame is measured against the last ten minutes."
        if ready_in_s is not None:
            return 1.0, ready_in_s, f"{why}Learning what is normal here from what was seen. {meanwhile}"
        seconds = min(1.0, self.learned_s / settings.warm_s)
        objects = min(1.0, sightings / settings.warm_sightings)
        progress = max(min(seconds, objects), min(1.0, self.learned_s / settings.quiet_s))
        quiet_left_s = max(0.0, settings.quiet_s - self.learned_s)
        if sightings == 0:
            told = f"Nobody has passed yet; after {_span(quiet_left_s)} more the whole picture alone is judged."
            return progress, None, f"{why}{told} {meanwhile}"
        rate = sightings / max(1.0, self.learned_s)
        left_s = max(0.0, settings.warm_s - self.learned_s, (settings.warm_sightings - sightings) / rate)
        left_s = min(left_s, quiet_left_s)
        return progress, left_s, f"{why}Getting to know this camera, about {_span(left_s)} more. {meanwhile}"


def told_at(at: float, zone: tzinfo) -> str:
    """Return a Unix time in words, on a zone's clocks: “2026-03-08 at 13:05 CET”."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d at %H:%M %Z")


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{seconds / 3600:.0f} hours"
