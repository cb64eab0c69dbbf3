"""Keep the footage of events aside until people say what they were, and excuse what they called normal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.score.living.hours import Floats
from detection.score.living.moments import Arrays, Moment, pack, unpack
from detection.score.living.settings import Decided
from detection.score.normality.observe import Seen
from detection.score.normality.scale import combine

MAX_EVENTS = 32
"""Events kept undecided, and events kept as taught, at most. Of the undecided the oldest leaves, of the taught that
which has explained nothing for longest."""
MAX_FRAMES = 40
MAX_OBJECTS = 12
MAX_VERDICTS = 1024
GAP_S = 10.0
MARGIN = 1.25
SLACK = 0.3
"""A frame is like a taught one while no sense exceeds MARGIN times the taught deviation by more than SLACK: the same
thing never moves twice in quite the same way."""
WORTH = 0.5
"""Under half the top of normal footage there is nothing to excuse."""
TRIES = 200
NEAR_HEIGHTS = 1.0
SIZE_RATIO = 1.7


@dataclass(frozen=True, slots=True)
class Withheld:
    """One event's frames, packed, at most MAX_FRAMES, spread over it; its first and last are in Unix seconds."""

    started_at: float
    ended_at: float
    packed: Arrays

    @property
    def moments(self) -> list[Moment]:
        """Return the frames, unpacked anew."""
        return unpack(self.packed)

    def overlaps(self, started_at: float, ended_at: float, around_s: float) -> bool:
        """Tell whether a span, Unix seconds, touches the event, give or take around_s."""
        return self.started_at <= ended_at + around_s and started_at - around_s <= self.ended_at


def withheld(packed: Arrays) -> Withheld:
    """Return an event of packed frames; raises IndexError when there are none."""
    return Withheld(float(packed["at"][0]), float(packed["at"][-1]), packed)


class Decisions:
    """Keep what is withheld, what was taught, and what people said. Not thread-safe.

    alarms: the spans of true alarms, Unix seconds, with what lies so close around them.
    """

    def __init__(self, around_s: float) -> None:
        self._around_s = around_s
        self._open: list[Moment] = []
        self._stride = 1
        self._passed = 0
        self.events: list[Withheld] = []
        self.verdicts: dict[tuple[float, float], bool] = {}
        self.alarms: list[tuple[float, float]] = []

    @property
    def is_open(self) -> bool:
        """Tell whether an event is being withheld."""
        return bool(self._open)

    def is_alarm(self, at: float) -> bool:
        """Tell whether a Unix time lies in or close around a true alarm."""
        return any(a <= at <= b for a, b in self.alarms)

    @property
    def taught(self) -> list[Withheld]:
        """Return the events that people called normal, in order."""
        return [event for event in self.events if self._verdict(event)]

    def withhold(self, moments: Sequence[Moment]) -> None:
        """Take frames of an event that is open, in order of time."""
        for moment in moments:
            if self._open and not 0.0 <= moment.at - self._open[-1].at <= GAP_S * self._stride:
                self.end()
            self._passed += 1
            if (self._passed - 1) % self._stride:
                continue
            self._open.append(_few_objects(moment))
            if len(self._open) > MAX_FRAMES:
                self._open = self._open[::2]
                self._stride *= 2
                self._passed = 0

    def end(self) -> None:
        """Close the event that is open, if any: a frame came that is learned."""
        if self._open:
            self.events.append(withheld(pack(self._open)))
            self._open, self._stride, self._passed = [], 1, 0
            self._bound()

    def tell(self, decisions: Sequence[Decided]) -> bool:
        """Take what people said, the later word on a span counting; tell whether any of it is new."""
        changed = False
        for decided in decisions:
            key = (decided.started_at, decided.ended_at)
            if self.verdicts.get(key) is not decided.normal:
                self.verdicts.pop(key, None)
                self.verdicts[key] = decided.normal
                changed = True
        while len(self.verdicts) > MAX_VERDICTS:
            del self.verdicts[next(iter(self.verdicts))]
        if changed:
            self.end()
            self._find_alarms()
        return changed

    def _find_alarms(self) -> None:
        around_s = self._around_s
        self.alarms = [(a - around_s, b + around_s) for (a, b), normal in self.verdicts.items() if not normal]

    def used(self, event: Withheld) -> None:
        """Take note that an event explained a frame: it leaves last."""
        if self.events and self.events[-1] is not event:
            self.events = [*(e for e in self.events if e is not event), event]

    def forget_footage(self) -> None:
        """Let all events go; what people said of their spans stays."""
        self._open, self._stride, self._passed, self.events = [], 1, 0, []

    def open_event(self) -> tuple[list[Moment], int, int]:
        """Return the event that is open, for a restart: its frames, how many frames one stands for, frames since."""
        return list(self._open), self._stride, self._passed

    def restore(
        self,
        events: list[Withheld],
        opened: tuple[list[Moment], int, int],
        verdicts: dict[tuple[float, float], bool],
    ) -> None:
        """Take what was kept: the events, what `open_event` gave, and what people said."""
        self.events, self.verdicts = events, verdicts
        self._open, self._stride, self._passed = opened
        self._find_alarms()

    def _verdict(self, event: Withheld) -> bool:
        """Return whether people called an event normal, and nothing in it a true alarm."""
        said = [normal for (a, b), normal in self.verdicts.items() if event.overlaps(a, b, self._around_s)]
        return bool(said) and all(said)

    def _bound(self) -> None:
        taught = {id(event) for event in self.taught}
        for kept in ([e for e in self.events if id(e) in taught], [e for e in self.events if id(e) not in taught]):
            if len(kept) > MAX_EVENTS:
                self.events = [e for e in self.events if e is not kept[0]]


class Excuses:
    """Find the taught frame that a frame is like, and take away what it explains. Not thread-safe.

    deviations: of the taught frames, (frames, senses); objects: what each of them showed.
    """

    def __init__(self, deviations: Floats, objects: Sequence[tuple[Seen, ...]]) -> None:
        self._allowed = MARGIN * deviations + SLACK
        self._objects = objects

    def rest(
        self, deviations: Floats, culprits: Callable[[], Sequence[Seen]], objects: Sequence[Seen]
    ) -> tuple[Floats, int | None]:
        """Return what no single taught frame explains of a frame's deviations, (senses,), and which frame explains.

        culprits: the objects that are unusual in it; each must be like one of the taught frame in kind, place and
        size. Without one, some object must be, where there are any.
        """
        whole = combine(deviations)
        if not self._objects or whole < WORTH:
            return deviations, None
        rests = np.maximum(0.0, deviations - self._allowed)
        wholes = np.cbrt((rests**3).sum(axis=1))
        odd: Sequence[Seen] | None = None
        for index in np.argsort(wholes, kind="stable")[:TRIES]:
            if wholes[index] >= whole:
                break
            odd = culprits() if odd is None else odd
            if self._fits(self._objects[index], odd, objects):
                return np.asarray(rests[index], np.float64), int(index)
        return deviations, None

    @staticmethod
    def _fits(taught: Sequence[Seen], culprits: Sequence[Seen], objects: Sequence[Seen]) -> bool:
        if culprits:
            return all(any(_alike(one, other) for other in taught) for one in culprits)
        if not taught or not objects:
            return True
        return any(_alike(one, other) for one in objects for other in taught)


def _alike(one: Seen, taught: Seen) -> bool:
    tall, taught_tall = max(1.0, one.box[3] - one.box[1]), max(1.0, taught.box[3] - taught.box[1])
    across = (one.box[0] + one.box[2] - taught.box[0] - taught.box[2]) / 2
    down = one.foot_y - taught.foot_y
    reach = NEAR_HEIGHTS * max(taught_tall, taught.box[2] - taught.box[0])
    return (
        one.label == taught.label
        and across**2 + down**2 <= reach**2
        and 1 / SIZE_RATIO <= tall / taught_tall <= SIZE_RATIO
    )


def _few_objects(moment: Moment) -> Moment:
    objects = tuple(replace(seen, look=None) for seen in moment.frame.objects[:MAX_OBJECTS])
    return replace(moment, frame=replace(moment.frame, objects=objects))
