"""Bring a source's sound to the time of its pictures."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from detection.audio.chunk import RATE, AudioChunk
from detection.sources.clock import MAX_GAP_S, StreamClock
from detection.sources.decoder import Sound

MAX_APART_S = 1.5
"""A live camera's sound that leaves its pictures by more is anchored anew: the two have clocks of their own."""

MAX_WAITING_S = 60.0
QUIET_S = 5.0


class SoundClock:
    """Hold sound until the pictures have come as far, and hand it out in their stream time.

    Sound and pictures of one connection share the origin of their times, so what the pictures' clock adds is added to
    the sound too. Sound from before the first picture of a connection or loop is left out. anchored counts how often
    the sound had to be anchored anew, lost the pieces that waited for pictures too long. Not thread-safe.
    """

    def __init__(
        self,
        clock: StreamClock,
        *,
        live: bool,
        hand_out: Callable[[AudioChunk], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._live, self._hand_out, self._now = clock, live, hand_out, now
        self._limit_s = MAX_APART_S if live else MAX_GAP_S
        self._waiting: deque[tuple[Sound, float]] = deque()
        self._waiting_s = 0.0
        self._shift_s = 0.0
        self._from_s: float | None = None
        self._heard_s = 0.0
        self.anchored = 0
        self.lost = 0

    def restart(self) -> None:
        """Begin a new connection or loop; what still waits belongs to the old one and is left out."""
        self._waiting.clear()
        self._waiting_s, self._shift_s, self._from_s = 0.0, 0.0, None

    def put(self, sound: Sound) -> None:
        """Keep a piece of sound until its time; the oldest is lost where over a minute waits."""
        self._waiting.append((sound, self._now()))
        self._waiting_s += len(sound.samples) / RATE
        while self._waiting_s > MAX_WAITING_S:
            self._take()
            # Before the first picture nothing is missed.
            self.lost += self._from_s is not None

    def release(self, at_s: float, wall_s: float) -> None:
        """Hand out what starts before the picture at at_s, which was there at wall_s (monotonic seconds)."""
        if self._from_s is None:
            self._from_s = self._heard_s = at_s
        while self._waiting:
            sound, came = self._waiting[0]
            starts_s = self._at(sound, at_s - (wall_s - came) if self._live else at_s)
            if starts_s >= at_s:
                return
            self._take()
            early = max(0, math.ceil((self._from_s - starts_s) * RATE - 1e-6))
            if early < len(sound.samples):
                chunk = AudioChunk(sound.samples[early:], max(self._from_s, starts_s + early / RATE))
                self._heard_s = chunk.at_s + chunk.seconds
                self._hand_out(chunk)

    def quiet(self, at_s: float) -> str:
        """Return a sentence where no sound has come for long before at_s, else ""."""
        if self._from_s is None or at_s - self._heard_s <= QUIET_S:
            return ""
        return f"No sound has come for {QUIET_S:g} s or more, while the pictures go on."

    def _take(self) -> None:
        sound, _ = self._waiting.popleft()
        self._waiting_s -= len(sound.samples) / RATE

    def _at(self, sound: Sound, due_s: float) -> float:
        """Return the stream time of a piece that arrived when the pictures' clock showed due_s."""
        plain_s = sound.pts_s + (self._clock.offset_s or 0.0)
        off_s = plain_s + self._shift_s - due_s
        # What lies ahead in a file waits for its pictures: nothing but their own times says when it was.
        if off_s < -self._limit_s or (self._live and off_s > self._limit_s):
            fits = abs(plain_s - due_s) <= self._limit_s
            self._shift_s = 0.0 if fits else due_s - plain_s
            self.anchored += 1
        return plain_s + self._shift_s
