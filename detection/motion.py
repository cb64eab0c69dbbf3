"""Decide whether a picture is worth detecting in: nearly free, so that an idle camera costs almost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Image

GateReason = Literal["first frame", "motion", "refresh", "still"]
GATE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """When a picture counts as moved.

    pixel_change: difference of grey levels (0–255) from which a pixel counts; changed_ratio: share of such pixels from
    which the gate opens; hold_s: it stays open so long after motion, so that somebody who pauses is not lost;
    refresh_s: it opens this often in any case, so that the background goes on being learned.
    """

    pixel_change: int = 14
    changed_ratio: float = 0.0008
    hold_s: float = 1.0
    refresh_s: float = 2.0


@dataclass(frozen=True, slots=True)
class GateDecision:
    """Whether to detect, why, and the share of pixels that changed (0–1)."""

    open: bool
    reason: GateReason
    changed_ratio: float

    @property
    def moved(self) -> bool:
        """Tell whether anything moves: a picture looked at only because it was time to shows what the last one did."""
        return self.open and self.reason != "refresh"


class MotionGate:
    """Compare each picture of one camera with the last, at 160 pixels wide. Not thread-safe."""

    def __init__(self, settings: MotionSettings | None = None) -> None:
        self._settings = settings or MotionSettings()
        self._last: NDArray[np.uint8] | None = None
        self._moved_at = float("-inf")
        self._opened_at = float("-inf")

    def look(self, image: Image, at_s: float) -> GateDecision:
        """Return the decision for one picture.

        image: (height, width, 3), uint8, BGR; at_s: stream time in seconds, never falling. A changed picture size
        counts as a first frame.
        """
        height, width = image.shape[:2]
        size = (min(width, GATE_WIDTH), max(1, round(height * min(1.0, GATE_WIDTH / width))))
        grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
        before, self._last = self._last, np.asarray(grey, np.uint8)
        if before is None or before.shape != grey.shape:
            return self._decide("first frame", 1.0, at_s)
        difference = cv2.absdiff(before, grey)
        changed = float(np.count_nonzero(difference > self._settings.pixel_change)) / difference.size
        if changed >= self._settings.changed_ratio:
            self._moved_at = at_s
        if at_s - self._moved_at <= self._settings.hold_s:
            return self._decide("motion", changed, at_s)
        if at_s - self._opened_at >= self._settings.refresh_s:
            return self._decide("refresh", changed, at_s)
        return GateDecision(False, "still", changed)

    def _decide(self, reason: GateReason, changed: float, at_s: float) -> GateDecision:
        self._opened_at = at_s
        return GateDecision(True, reason, changed)
