"""Collect what somebody says until they pause, so that it can be written down in one piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.audio.chunk import RATE, Samples
from detection.audio.speech import MAX_S

VOICE_SHARE = 0.3
QUIET_END_S = 1.0
LEAST_SPEECH_S = 0.8


@dataclass(frozen=True, slots=True)
class Span:
    """Some speech: samples (n,), float32, at RATE, and from when to when it was, in stream seconds."""

    samples: Samples
    start_s: float
    end_s: float


class SpeechSpans:
    """Speech of one camera, cut at pauses of QUIET_END_S and after MAX_S. Not thread-safe."""

    def __init__(self) -> None:
        self._pieces: list[Samples] = []
        self._from_s = 0.0
        self._voice_at_s = float("-inf")

    def add(self, lead: Samples, recent: Samples, voice: float | None, end_s: float) -> Span | None:
        """Take the newest sound and return the span that ends with it, if one does.

        lead: the second up to end_s, with which a span begins; recent: what is new in it; voice: the share of speech,
        0–1, None where it was too quiet to ask.
        """
        if voice is not None and voice >= VOICE_SHARE:
            if self._pieces:
                self._pieces.append(recent)
            else:
                self._pieces, self._from_s = [lead], end_s - len(lead) / RATE
            self._voice_at_s = end_s
            return self._cut(end_s) if end_s - self._from_s >= MAX_S else None
        if self._pieces and voice is not None:
            self._pieces.append(recent)
        return self._cut(end_s) if self._pieces and end_s - self._voice_at_s >= QUIET_END_S else None

    def forget(self) -> None:
        """Let go of what was collected."""
        self._pieces = []

    def _cut(self, end_s: float) -> Span | None:
        samples, self._pieces = np.concatenate(self._pieces), []
        return Span(samples, self._from_s, end_s) if len(samples) >= LEAST_SPEECH_S * RATE else None
