"""Keep a camera's own footage as chapters: bounded, and spread over the hours of its week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.score.living.moments import Arrays, Moment, pack, take, unpack
from detection.score.living.settings import LivingSettings

WEEK_S = 7 * 86400.0
LOOK_EVERY_S = 1.5
"""Looks are large, and somebody looks the same a moment later."""
MIN_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Chapter:
    """One piece of footage, packed; at: the Unix time of its first frame."""

    at: float
    moments: Arrays

    @property
    def empty(self) -> bool:
        """Tell whether nothing was seen in it."""
        return len(self.moments["objects"]) == 0


class Footage:
    """Collect chapters from a camera's normal frames. Not thread-safe.

    New chapters join the recent ones; the oldest of these moves to the week, where of all chapters the one leaves
    whose neighbours in the week's round lie closest together, older ones sooner. So the hours of the week stay
    covered evenly, and last month's Monday gives way to this week's. Pieces in which nothing was seen have their own
    few places: a quiet night must not push out the people of the day.
    """

    def __init__(self, settings: LivingSettings) -> None:
        self._settings = settings
        self._running: list[Moment] = []
        self._recent: list[Chapter] = []
        self._week: list[Chapter] = []
        self._empty: list[Chapter] = []
        self._objects = 0
        self._looks = 0
        self._look_at = float("-inf")
        self._next_from = float("-inf")

    @property
    def chapters(self) -> list[Chapter]:
        """Return all closed chapters in order of time."""
        return sorted([*self._recent, *self._week, *self._empty], key=lambda c: c.at)

    @property
    def sightings(self) -> int:
        """Return the number of objects in frames that are kept."""
        return sum(len(c.moments["objects"]) for c in [*self._recent, *self._week]) + self._objects

    def add(self, moment: Moment) -> None:
        """Take one normal frame; in the pauses between chapters it is let go."""
        s = self._settings
        if self._running:
            first = self._running[0].at
            full = len(self._running) >= s.chapter_frames or self._objects >= s.chapter_objects
            if full or not 0.0 <= moment.at - first < s.chapter_s:
                self.close()
        if not self._running and moment.at < self._next_from <= moment.at + s.recent_every_s:
            return  # a clock that was set back by more than the pause does not lengthen it
        self._running.append(self._with_few_looks(moment))
        self._objects += len(moment.frame.objects)

    def _with_few_looks(self, moment: Moment) -> Moment:
        objects = moment.frame.objects
        if all(seen.look is None for seen in objects):
            return moment
        room = self._looks + len(objects) <= self._settings.chapter_looks
        if room and abs(moment.at - self._look_at) >= LOOK_EVERY_S:
            self._looks += len(objects)
            self._look_at = moment.at
            return moment
        bare = tuple(replace(seen, look=None) for seen in objects)
        return replace(moment, frame=replace(moment.frame, objects=bare))

    def take_back(self, since: float) -> list[Moment]:
        """Return and forget the running chapter's frames from `since` on: an event has begun, and they led to it."""
        taken = [m for m in self._running if m.at >= since]
        self._running = [m for m in self._running if m.at < since]
        self._objects = sum(len(m.frame.objects) for m in self._running)
        return taken

    def close(self) -> None:
        """End the running chapter; one of hardly any frames is let go."""
        running, self._running, self._objects, self._looks = self._running, [], 0, 0
        if len(running) < MIN_FRAMES:
            return
        self._put(Chapter(running[0].at, pack(running)))

    def _put(self, chapter: Chapter) -> None:
        s = self._settings
        if chapter.empty:
            self._empty = _spread([*self._empty, chapter], s.empty_chapters)
            return
        self._recent.append(chapter)
        if len(self._recent) > s.recent_chapters:
            self._week = _spread([*self._week, self._recent.pop(0)], s.week_chapters)
        if len(self._recent) == s.recent_chapters:
            self._next_from = chapter.at + s.recent_every_s

    def forget(self, spans: Iterable[tuple[float, float]]) -> bool:
        """Unlearn every frame within the spans, Unix seconds; tell whether there were any."""
        bounds = list(spans)
        before = len(self._running)
        self._running = [m for m in self._running if not any(a <= m.at <= b for a, b in bounds)]
        self._objects = sum(len(m.frame.objects) for m in self._running)
        recent, a = _without(self._recent, bounds)
        week, b = _without(self._week, bounds)
        empty, c = _without(self._empty, bounds)
        self._recent, self._week, self._empty = recent, week, empty
        return a or b or c or len(self._running) < before

    def forget_older(self) -> None:
        """Let the older half of the week's chapters go: the recent ones then outweigh them."""
        by_age = sorted(self._week, key=lambda c: c.at)
        self._week = by_age[(len(by_age) + 1) // 2 :]

    def state(self) -> dict[str, list[Chapter]]:
        """Return what a restart needs, the running chapter among it."""
        running = [Chapter(self._running[0].at, pack(self._running))] if self._running else []
        return {"recent": self._recent, "week": self._week, "empty": self._empty, "running": running}

    def restore(self, state: dict[str, list[Chapter]]) -> None:
        """Take what `state` gave."""
        self._recent, self._week, self._empty = list(state["recent"]), list(state["week"]), list(state["empty"])
        self._running = [moment for chapter in state["running"] for moment in unpack(chapter.moments)]
        self._objects = sum(len(m.frame.objects) for m in self._running)
        looked = [m for m in self._running if any(seen.look is not None for seen in m.frame.objects)]
        self._looks = sum(len(m.frame.objects) for m in looked)
        self._look_at = looked[-1].at if looked else float("-inf")
        if len(self._recent) == self._settings.recent_chapters:
            self._next_from = self._recent[-1].at + self._settings.recent_every_s


def _spread(chapters: list[Chapter], most: int) -> list[Chapter]:
    """Return at most so many chapters, in order of time, spread over the week."""
    while len(chapters) > most:
        newest = max(c.at for c in chapters)
        around = sorted(chapters, key=lambda c: (c.at % WEEK_S, c.at))
        phases = [c.at % WEEK_S for c in around]
        worth = []
        for i, chapter in enumerate(around):
            gap = (phases[(i + 1) % len(around)] - phases[i - 1]) % WEEK_S
            weeks_old = (newest - chapter.at) // WEEK_S
            worth.append((gap / (1.0 + weeks_old), chapter.at == newest, chapter.at))
        dropped = around[min(range(len(around)), key=worth.__getitem__)]
        chapters = [c for c in chapters if c is not dropped]
    return sorted(chapters, key=lambda c: c.at)


def _without(chapters: list[Chapter], spans: Sequence[tuple[float, float]]) -> tuple[list[Chapter], bool]:
    left, changed = [], False
    for chapter in chapters:
        at = chapter.moments["at"]
        keep = ~np.any([(a <= at) & (at <= b) for a, b in spans], axis=0) if spans else np.ones(len(at), bool)
        if keep.all():
            left.append(chapter)
            continue
        changed = True
        if int(keep.sum()) >= MIN_FRAMES:
            rest = take(chapter.moments, keep)
            left.append(Chapter(float(rest["at"][0]), rest))
    return left, changed
