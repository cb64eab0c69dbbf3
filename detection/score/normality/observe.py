"""Reduce a frame to what normality is learned from: a few numbers per object, and the motion by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.score.base import Reading, Scene
from detection.score.base import Seen as Arrays
from detection.score.normality.appearance import Embedder
from detection.score.normality.flow import BANDS, WINDOW, Field, FlowMeter, Motion
from detection.types import Box, Image, Track

MAX_OBJECTS = 40
"""Objects looked at in one frame, the surest first: it bounds the work of a crowd."""
MAX_EMBEDDED = 10
"""Looks computed in one frame, the oldest first: the others keep the look they had."""
LOOK_LASTS_S = 0.25
"""An object is looked at again after so long: its look changes slower than its place."""
EDGE_PX = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One object in one frame: its box in pixels, its speed in px/s, and its look, a unit vector, where one is known.

    confidence: how sure the detector is of the label, 0–1; speed_px_s is None on a frame without flow; place_px_s: the
    fastest person-sized place in its box, None where that was not measured.
    """

    track_id: int
    label: str
    confidence: float
    box: Box
    speed_px_s: float | None
    look: NDArray[np.float32] | None = None
    place_px_s: float | None = None

    @property
    def foot_y(self) -> float:
        """Return where it stands: the lower edge, px."""
        return self.box[3]


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame: its time in seconds, its objects, and the fastest motion per horizontal band, px/s, (BANDS,).

    height, width: of the picture, px; a width of 0 is not known. columns: where in each band its fastest place is,
    (BANDS,), px, None where that is not known.
    """

    at_s: float
    height: int
    objects: tuple[Seen, ...]
    bands: Field | None
    width: int = 0
    columns: Field | None = None

    def cuts(self, box: Box) -> bool:
        """Tell whether the picture's edge cuts a box off: what is left says little of a size or a look."""
        left, top, right, bottom = box
        beyond = bool(self.width) and right >= self.width - EDGE_PX
        return beyond or left <= EDGE_PX or top <= EDGE_PX or bottom >= self.height - EDGE_PX

    def shows_sliver(self, box: Box) -> bool:
        """Tell whether so little of an object is in the picture that a person-sized place covers what shows of it."""
        left, top, right, bottom = box
        wide, high = WINDOW[0] * self.width, WINDOW[1] * self.height
        return self.cuts(box) and (right - left <= wide or bottom - top <= high)


class Observer:
    """Observe one camera's frames in order of time. Not thread-safe.

    embedder: how objects look is observed only with one.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._flow = FlowMeter()
        self._embedder = embedder
        self._looks: dict[int, tuple[NDArray[np.float32], float]] = {}

    @property
    def reads(self) -> str:
        """Return what tells these readings from others, in a cache of them."""
        return f"normality4:{self._embedder.version}" if self._embedder else "normality4"

    def read(self, scene: Scene) -> Arrays:
        """Return what the picture shows, for `observation_of`.

        speeds, places: (objects,), float64, px/s, NaN on a frame without flow; bands, columns: (BANDS,), float32, or
        (0,) on such a frame; looks: (objects, size), float32, rows of NaN where none is known, only with an embedder.
        On a still picture nothing moves, and nothing is computed: there are no looks either.
        """
        chosen = surest(scene.tracks)
        if not scene.moved:
            self._flow.still(scene.at_s)
            nothing = np.zeros(len(chosen))
            still = np.zeros(BANDS, np.float32)
            return {"speeds": nothing, "places": nothing, "bands": still, "columns": still}
        return self._measured(scene.image, chosen, self._flow.measure(scene.image, scene.at_s), scene.at_s)

    def describe(self, image: Image, tracks: Sequence[Track], motion: Motion | None, at_s: float) -> Observation:
        """Return the same as an observation, with a motion measured elsewhere, for example while the detector ran."""
        chosen = surest(tracks)
        size = (image.shape[0], image.shape[1])
        return _observation(chosen, self._measured(image, chosen, motion, at_s), size, at_s)

    def _measured(self, image: Image, chosen: Sequence[Track], motion: Motion | None, at_s: float) -> Arrays:
        unknown = [np.nan] * len(chosen)
        seen: dict[str, NDArray[Any]] = {
            "speeds": np.array(unknown if motion is None else [motion.in_box(t.box) for t in chosen], np.float64),
            "places": np.array(unknown if motion is None else [motion.place_in_box(t.box) for t in chosen], np.float64),
            "bands": np.zeros(0, np.float32) if motion is None else motion.fastest[0],
            "columns": np.zeros(0, np.float32) if motion is None else motion.fastest[1],
        }
        if self._embedder is not None:
            seen["looks"] = self._looked(self._embedder, image, chosen, at_s)
        return seen

    def _looked(self, embedder: Embedder, image: Image, chosen: Sequence[Track], at_s: float) -> NDArray[np.float32]:
        """Return the looks of the tracks, (objects, size), each at most LOOK_LASTS_S old where the bound allows it."""
        alive = {track.track_id for track in chosen}
        self._looks = {key: kept for key, kept in self._looks.items() if key in alive}
        never = float("-inf")
        ages = sorted(
            (self._looks[t.track_id][1] if t.track_id in self._looks else never, i) for i, t in enumerate(chosen)
        )
        due = [chosen[i] for since, i in ages if at_s - since >= LOOK_LASTS_S][:MAX_EMBEDDED]
        fresh = embedder.embed(image, [track.box for track in due])
        self._looks.update({track.track_id: (look, at_s) for track, look in zip(due, fresh, strict=True)})
        size = max((look.size for look, _ in self._looks.values()), default=1)
        unknown = np.full(size, np.nan, np.float32)
        rows = [self._looks[t.track_id][0] if t.track_id in self._looks else unknown for t in chosen]
        return np.array(rows, np.float32).reshape(len(chosen), size)


def surest(tracks: Sequence[Track]) -> list[Track]:
    """Return the tracks that are looked at, the surest first."""
    return sorted(tracks, key=lambda t: (-t.confidence, t.track_id))[:MAX_OBJECTS]


def observation_of(reading: Reading) -> Observation:
    """Return the observation that `Observer.read` wrote down."""
    return _observation(surest(reading.tracks), reading.seen, reading.size, reading.at_s)


def _observation(chosen: Sequence[Track], seen: Arrays, size: tuple[int, int], at_s: float) -> Observation:
    speeds, places, bands, looks = seen["speeds"], seen["places"], seen["bands"], seen.get("looks")
    objects = tuple(
        Seen(
            track.track_id,
            track.label,
            track.confidence,
            track.box,
            _known(speeds[i]),
            None if looks is None or np.isnan(looks[i][0]) else looks[i],
            _known(places[i]),
        )
        for i, track in enumerate(chosen)
    )
    columns = seen.get("columns") if bands.size else None
    return Observation(at_s, size[0], objects, bands if bands.size else None, size[1], columns)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
