"""Write down what each track did, as the attention model reads it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from detection.features.frame import extent
from detection.score.learned.network import Floats
from detection.types import Track

STEPS = 16
"""Steps of a track that the model looks back at."""
STEP_S = 0.09
"""Least time between two steps: ten analysed frames a second give one each, faster ones are thinned."""
FORGET_S = 3.0
MAX_TRACKS = 128
GROUPS: dict[str, tuple[str, ...]] = {
    "person": ("person",),
    "cycle": ("bicycle", "motorcycle", "skateboard"),
    "car": ("car",),
    "large vehicle": ("truck", "bus", "train"),
    "bag": ("backpack", "handbag", "suitcase", "umbrella"),
    "other": (),
}
"""Classes that move alike; whatever is named nowhere is "other"."""
GROUP_NAMES = tuple(GROUPS)
_GROUP_OF = {label: i for i, labels in enumerate(GROUPS.values()) for label in labels}
PLACE = 2
MOTION = slice(2, 4)
SIZE = slice(4, 6)
MEASURES = 6
"""Centre x and y (shares of the picture), velocity x and y (own heights a second), log of height and width (shares)."""
STEP_WIDTH = MEASURES + len(GROUPS) + 1
"""A step is its measures, its class group one-hot, and the seconds since the step before."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Objects of one frame with their past: what is asked of the model.

    past: (n, STEPS, STEP_WIDTH), float32, the newest step last; present: (n, STEPS), 1 where there is a step; now:
    (n, MEASURES), what is seen; group: (n,), int64, index in GROUP_NAMES; ids: the track of each.
    """

    past: Floats
    present: Floats
    now: Floats
    group: np.ndarray[tuple[int], np.dtype[np.int64]]
    ids: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)


class TrackPaths:
    """Keep the last STEPS steps of each track of one camera. Not thread-safe."""

    def __init__(self) -> None:
        self._paths: dict[int, deque[Floats]] = {}
        self._at: dict[int, float] = {}

    def look(self, tracks: Sequence[Track], size: tuple[int, int], at_s: float) -> Moments:
        """Return the moments of one frame, each with the past before it, and then remember the frame.

        size: (height, width) of the picture in pixels; at_s: stream time in seconds, never falling.
        """
        kept = tracks[:MAX_TRACKS]
        past = np.zeros((len(kept), STEPS, STEP_WIDTH), np.float32)
        present = np.zeros((len(kept), STEPS), np.float32)
        now = np.zeros((len(kept), MEASURES), np.float32)
        group = np.array([_GROUP_OF.get(t.label, len(GROUPS) - 1) for t in kept], np.int64)
        for i, track in enumerate(kept):
            now[i] = _measures(track, size)
            path = self._paths.get(track.track_id)
            if path:
                past[i, STEPS - len(path) :] = np.stack(path)
                present[i, STEPS - len(path) :] = 1.0
            self._remember(track.track_id, now[i], int(group[i]), at_s)
        self._forget(at_s)
        return Moments(past, present, now, group, tuple(t.track_id for t in kept))

    def _remember(self, key: int, measures: Floats, group: int, at_s: float) -> None:
        since = at_s - self._at[key] if key in self._at else 0.0
        if key in self._at and since < STEP_S:
            return
        kind = np.zeros(len(GROUPS), np.float32)
        kind[group] = 1.0
        step = np.concatenate([measures, kind, np.array([min(since, FORGET_S)], np.float32)])
        self._paths.setdefault(key, deque(maxlen=STEPS)).append(step)
        self._at[key] = at_s

    def _forget(self, at_s: float) -> None:
        gone = [key for key, last in self._at.items() if at_s - last > FORGET_S]
        for key in gone:
            del self._at[key], self._paths[key]


def _measures(track: Track, size: tuple[int, int]) -> tuple[float, ...]:
    left, top, right, bottom = track.box
    tall = extent(track.box)
    return (
        (left + right) / 2 / size[1],
        (top + bottom) / 2 / size[0],
        track.velocity_px_s[0] / tall,
        track.velocity_px_s[1] / tall,
        log(max(bottom - top, 1.0) / size[0]),
        log(max(right - left, 1.0) / size[1]),
    )
