"""Remember the last seconds of each person, and whose they are when a tracker starts a new track."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from detection.pose.body import Body
from detection.pose.fallstate import FallState
from detection.types import Box

MAX_SAMPLES = 128
MAX_PEOPLE = 64
ADOPT_S = 2.5
"""A new track so soon after another one vanished near it is the same person: who falls often changes tracks."""
ADOPT_NEAR = 0.7
"""Near, in lengths of the longer side of the larger box, between the boxes' centres."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One person in one frame: the box, and the body when it was found.

    at_edge: the box is cut by the picture; named: the tracker calls it a person.
    """

    at_s: float
    box: Box
    body: Body | None
    at_edge: bool = False
    named: bool = True


@dataclass(slots=True)
class Person:
    """What is known of one person.

    fast_at, hits_at: when a limb, and when a hand, was fast lately; held_since, held_at: since when and until when a
    gesture is seen, by name.
    """

    track_id: int
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))
    fall: FallState = field(default_factory=FallState)
    fast_at: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))
    hits_at: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))
    held_since: dict[str, float] = field(default_factory=dict)
    held_at: dict[str, float] = field(default_factory=dict)

    def unsettled(self, at_s: float) -> bool:
        """Tell whether this person came a moment ago and was never upright: perhaps somebody known, on a new track.

        For a frame or two a tracker may keep both tracks, so it cannot be settled when the new one starts.
        """
        return not self.fall.standing_px and at_s - self.samples[0].at_s <= ADOPT_S

    def earlier(self, least_s: float, most_s: float) -> tuple[Body, float] | None:
        """Return the latest body at least least_s and at most most_s before the last sample, and how long before."""
        now = self.samples[-1].at_s
        for sample in reversed(self.samples):
            ago = now - sample.at_s
            if ago > most_s:
                return None
            if ago >= least_s and sample.body is not None:
                return sample.body, ago
        return None

    def held(self, name: str, seen: bool | None, at_s: float, gap_s: float = 0.5) -> float:
        """Return for how long a gesture lasts, seconds; None means that it cannot be told now.

        Up to gap_s without it do not end it: a point that is not visible in one frame is not a hand taken down.
        """
        if seen:
            self.held_since.setdefault(name, at_s)
            self.held_at[name] = at_s
        elif name in self.held_at and at_s - self.held_at[name] > gap_s:
            del self.held_since[name], self.held_at[name]
        return self.held_at[name] - self.held_since[name] if name in self.held_since else 0.0


class Memory:
    """Keep at most MAX_PEOPLE people, each for memory_s seconds after they were seen last."""

    def __init__(self, memory_s: float) -> None:
        """Start with nobody."""
        self._memory_s = memory_s
        self._people: dict[int, Person] = {}

    def __len__(self) -> int:
        """Return how many people are remembered."""
        return len(self._people)

    def forget(self, at_s: float) -> None:
        """Forget who was not seen for memory_s, then the longest unseen, and the samples that are older."""
        kept = [p for p in self._people.values() if 0.0 <= at_s - p.samples[-1].at_s <= self._memory_s]
        kept.sort(key=lambda person: (-person.samples[-1].at_s, person.track_id))
        self._people = {person.track_id: person for person in kept[:MAX_PEOPLE]}
        for person in self._people.values():
            while at_s - person.samples[0].at_s > self._memory_s and len(person.samples) > 1:
                person.samples.popleft()

    def add(self, track_id: int, sample: Sample, here: Iterable[int]) -> Person:
        """Return the person with this sample added; here: the ids of all that are seen in this frame."""
        person = self._people.get(track_id)
        if person is None or person.unsettled(sample.at_s):
            person = self._adopted(track_id, sample, set(here)) or person or Person(track_id)
            self._people[track_id] = person
        person.samples.append(sample)
        return person

    def known(self, track_id: int) -> bool:
        """Tell whether this person is remembered."""
        return track_id in self._people

    def _adopted(self, track_id: int, sample: Sample, here: set[int]) -> Person | None:
        """Return the person who vanished nearest to this box a moment ago, now under this id, or None."""
        near: list[tuple[float, int, Person]] = []
        for person in self._people.values():
            last = person.samples[-1]
            if person.track_id in here or last.at_edge or not 0.0 < sample.at_s - last.at_s <= ADOPT_S:
                continue
            apart = _apart(last.box, sample.box)
            if apart <= ADOPT_NEAR:
                near.append((apart, person.track_id, person))
        if not near:
            return None
        person = min(near, key=lambda item: item[:2])[2]
        del self._people[person.track_id]
        own = self._people.get(track_id)
        person.samples.extend(s for s in (own.samples if own else ()) if s.at_s > person.samples[-1].at_s)
        person.track_id = track_id
        return person


def _apart(a: Box, b: Box) -> float:
    longer = max(a[2] - a[0], a[3] - a[1], b[2] - b[0], b[3] - b[1], 1.0)
    right, down = (a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2
    return float((right * right + down * down) ** 0.5) / longer
