"""Measure how loud it is, and how suddenly, against what is usual at this camera."""

from __future__ import annotations

from collections import deque

import numpy as np

from detection.audio.chunk import Samples
from detection.types import ScorePart

SILENCE_DB = -90.0
AUDIBLE_DB = -55.0
"""Below this nothing is worth listening to: it is the noise of microphones."""
SAMPLE_EVERY_S = 0.5
KEPT = 1200
"""Ten minutes."""
ENOUGH = 20
LEAST_SPREAD_DB = 3.0
MAD_TO_SIGMA = 1.4826
SUDDEN_DB = 12.0
"""So much louder than half a second before is sudden: about four times the amplitude."""


def level_db(samples: Samples) -> float:
    """Return the root mean square in decibels of full scale, from SILENCE_DB to 0."""
    if not len(samples):
        return SILENCE_DB
    power = float(np.mean(samples.astype(np.float64) ** 2))
    return max(SILENCE_DB, 10.0 * float(np.log10(power))) if power > 0.0 else SILENCE_DB


class LevelMeter:
    """Learn one camera's usual level, and tell how far a moment lies over it. Not thread-safe."""

    def __init__(self) -> None:
        self._usual: deque[float] = deque(maxlen=KEPT)
        self._before = SILENCE_DB
        self._sampled_at = float("-inf")

    def judge(self, level: float, at_s: float) -> tuple[float, ScorePart]:
        """Return the deviation in spreads (0 while too little is known) and the part that tells it.

        level: dB of full scale. A loud moment counts where it is both far over the usual level and sudden: a motor
        that starts is loud for long, and becomes usual.
        """
        rise = level - self._before
        values = np.array(self._usual) if len(self._usual) >= ENOUGH else np.zeros(0)
        if len(values):
            low, centre, high = np.percentile(values, [5, 50, 95])
            spread = max(LEAST_SPREAD_DB, MAD_TO_SIGMA * float(np.median(np.abs(values - centre))))
            over = max(0.0, (level - float(centre)) / spread) if level > AUDIBLE_DB else 0.0
        else:
            low = centre = high = level
            over = 0.0
        deviation = over * min(1.0, max(0.0, rise / SUDDEN_DB))
        if at_s - self._sampled_at >= SAMPLE_EVERY_S:
            self._sampled_at, self._before = at_s, level
            self._usual.append(level)
        return deviation, ScorePart("sound_level", level, float(low), float(high), deviation, 1.0)
