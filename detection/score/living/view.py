"""Notice that a camera was moved or re-zoomed: the edges of the picture are no longer where they were."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.types import Image

Thumb = NDArray[np.uint8]
Floats = NDArray[np.float32]

WIDTH, HEIGHT = 48, 36
"""Size of the thumbnail; it is read once a second."""
EVERY_S = 1.0
FINER = 4
"""Edges are measured at so many times the thumbnail's size."""
DARK_LEVEL = 12.0
"""Grey levels added to the local brightness before edges are divided by it: the noise of a black picture is none."""
GAIN = 160.0
ROWS, COLUMNS = 6, 8
"""Blocks in which a view is compared: what stands before a part of the picture changes these alone."""
MIN_ENERGY = 5.0
"""Blocks with less spread of edges, in levels, show nothing to compare."""
MIN_BLOCKS = 8
SAME = 0.5
OTHER = 0.3
"""Median correlation over the blocks from which a view is the known one, and under which it is another."""
STEADY = 0.6
FOLLOW_S = 300.0
"""The known view follows slow changes, such as the shadows of the day, with this time constant."""
SETTLED = 10
"""Thumbnails that make the first known view."""
STALE_S = 30.0


def thumb_of(image: Image) -> Thumb:
    """Return the edges of a picture, (HEIGHT, WIDTH), uint8: gradients against the local brightness, so that half the
    light changes nothing (Weber contrast).

    image: (height, width, 3), uint8, BGR.
    """
    size = (WIDTH * FINER, HEIGHT * FINER)
    small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    grey = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    edges = cv2.magnitude(across, down) / (cv2.blur(grey, (9, 9)) + DARK_LEVEL)
    cells = cv2.resize(edges, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(np.sqrt(cells) * GAIN, 0, 255), np.uint8)


def likeness(one: Floats, other: Floats) -> float | None:
    """Return the median correlation of the blocks in which `one` shows anything, −1 to 1; None with too few."""
    a, b = _blocks(one), _blocks(other)
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    strong = a.std(axis=1) >= MIN_ENERGY
    if int(strong.sum()) < MIN_BLOCKS:
        return None
    a, b = a[strong], b[strong]
    norms = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return float(np.median((a * b).sum(axis=1) / np.maximum(norms, 1e-3)))


def _blocks(view: Floats) -> Floats:
    height, width = HEIGHT // ROWS, WIDTH // COLUMNS
    return np.asarray(
        view.reshape(ROWS, height, COLUMNS, width).transpose(0, 2, 1, 3).reshape(ROWS * COLUMNS, -1), np.float32
    )


class ViewWatch:
    """Compare one camera's views with the known one, in order of time. Not thread-safe.

    moved_s: another view has to last so long. It counts only while it shows enough to compare and holds still: what
    swings, flickers or is dark says nothing of where the camera points.
    """

    def __init__(self, moved_s: float) -> None:
        self._moved_s = moved_s
        self._known: Floats | None = None
        self._count = 0
        self._at_s = float("-inf")
        self._other: Floats | None = None
        self._other_since = 0.0

    def moved(self, thumb: Thumb, at_s: float) -> bool:
        """Take one thumbnail, at stream time at_s; tell whether the camera was moved. Afterwards the view is new."""
        view = thumb.astype(np.float32)
        passed_s, self._at_s = at_s - self._at_s, at_s
        if self._known is None or self._count < SETTLED:
            self._count += 1
            known = view if self._known is None else self._known
            self._known = known + (view - known) * np.float32(1.0 / self._count)
            return False
        like = likeness(self._known, view)
        if like is None or like >= OTHER:
            self._other = None
            if like is None or like >= SAME:
                self._known += np.float32(min(1.0, passed_s / FOLLOW_S)) * (view - self._known)
            return False
        return self._lasts(view, at_s, passed_s)

    def _lasts(self, view: Floats, at_s: float, passed_s: float) -> bool:
        steady = None if self._other is None else likeness(self._other, view)
        if self._other is None or steady is None or steady < STEADY or passed_s > STALE_S:
            self._other, self._other_since = view, at_s
            return False
        self._other += np.float32(0.2) * (view - self._other)
        if at_s - self._other_since < self._moved_s:
            return False
        self._known, self._count, self._other = self._other, SETTLED, None
        return True

    def forget(self) -> None:
        """Know no view any more."""
        self._known, self._count, self._other = None, 0, None

    def state(self) -> tuple[Floats, int]:
        """Return the known view, (HEIGHT, WIDTH), and of how many thumbnails it is; zeros and 0 with none."""
        return (np.zeros((HEIGHT, WIDTH), np.float32) if self._known is None else self._known, self._count)

    def restore(self, known: Floats, count: int) -> None:
        """Take what `state` gave."""
        self._known, self._count = (known, count) if count else (None, 0)
