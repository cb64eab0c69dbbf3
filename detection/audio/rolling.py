"""Keep the last seconds of a stream's sound, in step with its stream time."""

from __future__ import annotations

import numpy as np

from detection.audio.chunk import RATE, AudioChunk, Samples

LENGTH_S = 2.0
JUMP_S = 0.3
"""Sound that arrives so far from where it is due was lost or comes from another time: the gap is silence.

Smaller differences are the drift of two clocks, and are followed without a cut.
"""


class Rolling:
    """The last `length_s` of sound, (length_s × RATE,), float32, silence where there was none. Not thread-safe."""

    def __init__(self, length_s: float = LENGTH_S) -> None:
        self._kept = np.zeros(round(length_s * RATE), np.float32)
        self._end_s: float | None = None
        self.jumps = 0

    @property
    def end_s(self) -> float | None:
        """Return the stream time of the newest sample, None before the first."""
        return self._end_s

    def add(self, chunk: AudioChunk) -> None:
        """Take the next chunk; one from before the newest sample by more than JUMP_S starts anew."""
        if self._end_s is not None:
            off_s = chunk.at_s - self._end_s
            if abs(off_s) > JUMP_S:
                self.jumps += 1
                silent = len(self._kept) if off_s < 0 else min(len(self._kept), round(off_s * RATE))
                self._push(np.zeros(silent, np.float32))
        self._push(chunk.samples)
        self._end_s = chunk.at_s + chunk.seconds

    def last(self, seconds: float) -> Samples:
        """Return the newest seconds, at most what is kept; a copy."""
        return self._kept[len(self._kept) - min(len(self._kept), round(seconds * RATE)) :].copy()

    def _push(self, samples: Samples) -> None:
        count = min(len(samples), len(self._kept))
        if count:
            self._kept = np.concatenate([self._kept[count:], samples[len(samples) - count :]])
