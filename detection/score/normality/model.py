"""Keep what one camera's normal footage looked like, and measure how far a frame lies from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.flow import BANDS, Field
from detection.score.normality.observe import EDGE_PX, Observation, Seen

Floats = NDArray[np.float64]

MEMORY = 2000
"""Objects remembered for nearest neighbours, at most."""
MIN_OBJECTS = 50
CLASSES = 80
MIN_HEIGHT_PX = 8.0
SHAPE_WEIGHT = 2.0
BUSY_BAND = 0.3
"""Bands whose fast motion is under so much of the busiest band's are empty, and say nothing of the perspective."""
MIN_SPEED_HEIGHTS_S = 0.1


class NormalityError(Exception):
    """There is too little to learn from, or a stored state does not fit; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity that grows from the top of the picture to its bottom, as sizes and speeds do in perspective."""

    slope: float
    offset: float
    least: float

    def at(self, y: float) -> float:
        """Return the quantity at row y, px; never under the least."""
        return max(self.least, self.slope * y + self.offset)


@dataclass(frozen=True, slots=True)
class Normality:
    """What is normal for one camera.

    heights: how tall an object is by where it stands, px; speeds: the fastest usual motion by row, px/s; counts:
    objects by class; shapes: (n ≤ MEMORY, 2), remembered log sizes; looks: (n ≤ MEMORY, size), float32 unit vectors,
    or None where looks are not observed.
    """

    heights: Line
    speeds: Line
    counts: dict[str, int]
    shapes: Floats
    looks: NDArray[np.float32] | None

    def surprise(self, label: str) -> float:
        """Return how rare a class is here: the negative log of its share, one sighting added to each class."""
        return -log((self.counts.get(label, 0) + 1) / (sum(self.counts.values()) + CLASSES))


def learn(footage: Iterable[Sequence[Observation]], seed: int = 0) -> Normality:
    """Return what the footage shows; a random part of its objects, drawn by seed, is remembered.

    Raises NormalityError when it shows fewer than MIN_OBJECTS objects or no motion.
    """
    frames = [frame for clip in footage for frame in clip]
    objects = [seen for frame in frames for seen in frame.objects]
    bands = [frame.bands for frame in frames if frame.bands is not None]
    if len(objects) < MIN_OBJECTS or not bands:
        raise NormalityError(
            f"The footage shows {len(objects)} objects in {len(frames)} frames; "
            f"at least {MIN_OBJECTS} and some motion are needed. Watch for longer or where people pass."
        )
    heights = _heights(objects)
    chosen = np.random.default_rng(seed).permutation(len(objects))[:MEMORY]
    shapes = np.array([shape(objects[i], heights) for i in chosen])
    looks = [look for i in chosen if (look := objects[i].look) is not None]
    return Normality(
        heights=heights,
        speeds=_speeds(np.stack(bands), frames[0].height, heights),
        counts=dict(sorted(Counter(seen.label for seen in objects).items())),
        shapes=shapes,
        looks=np.stack(looks) if looks else None,
    )


def shape(seen: Seen, heights: Line) -> tuple[float, float]:
    """Return an object's log height and log width against what stands at its place."""
    left, top, right, bottom = seen.box
    usual = heights.at(seen.foot_y)
    return (
        SHAPE_WEIGHT * log(max(1.0, bottom - top) / usual),
        SHAPE_WEIGHT * log(max(1.0, right - left) / usual),
    )


def fastest_band(bands: Field, height: int, speeds: Line) -> tuple[float, int, float]:
    """Return the fastest band's speed against what is usual at its row (1: as the fast), which it is, and its row."""
    rows = (np.arange(BANDS) + 0.5) * height / BANDS
    usual = np.maximum(speeds.least, speeds.slope * rows + speeds.offset)
    band = int(np.argmax(bands / usual))
    return float(bands[band] / usual[band]), band, float(rows[band])


class Neighbours:
    """Find how far objects lie from the nearest remembered ones."""

    def __init__(self, normality: Normality) -> None:
        self._tall, self._wide = np.ascontiguousarray(normality.shapes.T)
        self._looks = normality.looks
        self._heights = normality.heights

    def shape_distance(self, objects: Sequence[Seen]) -> Floats:
        """Return by how much each object is larger than the remembered one that it exceeds least, (objects,).

        Smaller counts for nothing: somebody half hidden by others is, and that is no reason for an alarm.
        """
        shapes = np.array([shape(seen, self._heights) for seen in objects]).reshape(-1, 2)
        taller = np.maximum(0.0, shapes[:, :1] - self._tall)
        wider = np.maximum(0.0, shapes[:, 1:] - self._wide)
        return np.asarray(np.sqrt((taller**2 + wider**2).min(axis=1)), np.float64)

    def look_distance(self, objects: Sequence[Seen]) -> Floats | None:
        """Return one less the largest cosine to a remembered look, (objects,), NaN where an object has no look.

        None where looks are not remembered.
        """
        if self._looks is None:
            return None
        distances = np.full(len(objects), np.nan)
        known = [i for i, seen in enumerate(objects) if seen.look is not None]
        if known:
            looks = np.stack([seen.look for seen in objects if seen.look is not None])
            distances[known] = 1.0 - (looks @ self._looks.T).max(axis=1)
        return distances


def _heights(objects: Sequence[Seen]) -> Line:
    """Fit height against foot line over whole boxes of the commonest class."""
    common = Counter(seen.label for seen in objects).most_common(1)[0][0]
    whole = [s for s in objects if s.label == common and s.box[0] > EDGE_PX and s.box[1] > EDGE_PX]
    usable = whole if len(whole) >= MIN_OBJECTS else list(objects)
    feet = np.array([s.foot_y for s in usable])
    tall = np.array([s.box[3] - s.box[1] for s in usable])
    return _fit(feet, tall, MIN_HEIGHT_PX)


def _speeds(bands: NDArray[np.float32], height: int, heights: Line) -> Line:
    """Fit the 99th percentile of each band's fastest motion against its row, over the bands where anything moves."""
    high = np.percentile(bands, 99.0, axis=0)
    rows = (np.arange(BANDS) + 0.5) * height / BANDS
    busy = high > BUSY_BAND * high.max()
    least = MIN_SPEED_HEIGHTS_S * heights.at(height / 2)
    return _fit(rows[busy], high[busy], least)


def _fit(at: Floats, values: Floats, least: float) -> Line:
    if np.ptp(at) < 1.0:
        return Line(0.0, float(np.median(values)), least)
    slope, offset = np.polyfit(at, values, 1)
    return Line(float(slope), float(offset), least)
