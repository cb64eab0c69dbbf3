"""Keep the last seconds of a camera's sound in memory, so that the clip of an event can be heard."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np
from numpy.typing import NDArray

from detection.audio.chunk import RATE, AudioChunk
from detection.types import Frame

Pcm = NDArray[np.int16]
"""Sound as a clip keeps it: (n,), int16, one channel, RATE samples a second."""

STEADY = 0.1
"""The newest picture's share in the offset between stream time and the clock: single pictures come late."""
JUMP_S = 1.0


class SoundRing:
    """Hold the newest `seconds` of sound, 32 kB each; thread-safe. It has nothing where the camera sends none."""

    def __init__(self, seconds: float) -> None:
        """Start with no sound."""
        self.seconds = seconds
        self._chunks: deque[tuple[float, Pcm]] = deque()
        self._offset_s: float | None = None
        self._lock = threading.Lock()

    def add(self, chunk: AudioChunk) -> None:
        """Keep the next sound; the oldest leaves. What lies before the newest makes the ring start anew."""
        samples = np.asarray(np.round(chunk.samples * 32767.0), np.int16)
        with self._lock:
            if self._chunks and chunk.at_s < self._chunks[-1][0]:
                self._chunks.clear()
            self._chunks.append((chunk.at_s, samples))
            while self._chunks[0][0] < chunk.at_s - self.seconds:
                self._chunks.popleft()

    def see(self, frame: Frame) -> None:
        """Learn from a picture how stream time and Unix time go together."""
        offset_s = frame.captured_at - frame.at_s
        with self._lock:
            if self._offset_s is None or abs(offset_s - self._offset_s) > JUMP_S:
                self._offset_s = offset_s
            else:
                self._offset_s += STEADY * (offset_s - self._offset_s)

    @property
    def offset_s(self) -> float | None:
        """Return Unix time minus stream time, None before the first picture."""
        return self._offset_s

    def between(self, started_at: float, ended_at: float) -> Pcm | None:
        """Return the sound from one Unix time to another, with silence in its gaps; None when there was none at all."""
        with self._lock:
            if self._offset_s is None:
                return None
            first, count = started_at - self._offset_s, round((ended_at - started_at) * RATE)
            chunks = [
                (at_s, samples)
                for at_s, samples in self._chunks
                if at_s + len(samples) / RATE > first and at_s < first + count / RATE
            ]
        if not chunks or count <= 0:
            return None
        heard = np.zeros(count, np.int16)
        for at_s, samples in chunks:
            start = round((at_s - first) * RATE)
            kept = samples[max(0, -start) : max(0, count - start)]
            heard[max(0, start) : max(0, start) + len(kept)] = kept
        return heard
