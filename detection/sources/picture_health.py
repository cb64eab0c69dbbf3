"""Notice that the picture stands still although it keeps coming, or that there is nothing to see in it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.types import Image

STRIDE = 8
SAME_MEAN = 1.5
SAME_MAX = 12
UNIFORM_STD = 4.0


class PictureHealth:
    """Compare every picture with the one at which the present stillness began.

    A frozen picture that is encoded anew comes back almost, not exactly, equal (measured with x264 at 1.5 Mbit/s: by
    1.3 levels of 255 on average, 8 at most); so a sample of its pixels may differ by SAME_MEAN on average and by
    SAME_MAX at most. Noise and movement of real cameras exceed that within 1.6 s even in an empty corridor.
    Sampled, not averaged: averaging would remove the noise that tells a quiet scene from a frozen one.
    """

    def __init__(self, frozen_after_s: float, blind_after_s: float) -> None:
        self._frozen_after_s = frozen_after_s
        self._blind_after_s = blind_after_s
        self._anchor: NDArray[np.int16] | None = None
        self._still_since = 0.0
        self._uniform_since: float | None = None

    def forget(self) -> None:
        """Start afresh, after a reconnect."""
        self._anchor = None
        self._uniform_since = None

    def look(self, image: Image, at_s: float) -> Literal["online", "frozen", "blind"]:
        """Return how the picture is. image: (height, width, 3) uint8; at_s: seconds, rising."""
        sample = image[::STRIDE, ::STRIDE, 1].astype(np.int16)
        if float(sample.std()) >= UNIFORM_STD:
            self._uniform_since = None
        elif self._uniform_since is None:
            self._uniform_since = at_s
        if self._anchor is None or not _same(sample, self._anchor):
            self._anchor, self._still_since = sample, at_s
        if self._uniform_since is not None and at_s - self._uniform_since >= self._blind_after_s:
            return "blind"
        return "frozen" if at_s - self._still_since >= self._frozen_after_s else "online"


def _same(sample: NDArray[np.int16], anchor: NDArray[np.int16]) -> bool:
    if sample.shape != anchor.shape:
        return False
    difference = np.abs(sample - anchor)
    return bool(difference.max() <= SAME_MAX and difference.mean() <= SAME_MEAN)
