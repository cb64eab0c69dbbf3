"""Keep frames as numbers: what normality is learned from, packed into a few arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.score.normality.flow import BANDS
from detection.score.normality.observe import Observation, Seen
from detection.score.parts import PARTS

Arrays = dict[str, NDArray[Any]]

OBJECT = np.dtype(
    [
        ("frame", "<u2"),
        ("track", "<i8"),
        ("label", "<u1"),
        ("confidence", "<f4"),
        ("box", "<f4", 4),
        ("speed", "<f4"),
        ("place", "<f4"),
    ]
)
LABEL_LENGTH = 32
MAX_LABELS = 256


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame as it is kept.

    frame: its objects and motion, timed in Unix seconds; values: the 24 features, (24,), NaN where one is not defined;
    recent: how far it lay from the last ten minutes, 1 at what then counts as unusual; deviations: those of all
    senses when it was judged, (senses,), zeros while there was nothing to judge by.
    """

    frame: Observation
    values: NDArray[np.float64]
    recent: float
    deviations: NDArray[np.float64]

    @property
    def at(self) -> float:
        """Return its Unix time."""
        return self.frame.at_s


def pack(moments: Sequence[Moment], looks: bool = True) -> Arrays:
    """Return moments as arrays of fixed dtypes; a label past the first MAX_LABELS − 1 is kept as "other"."""
    labels: dict[str, int] = {}
    rows, seen_looks = [], []
    for index, moment in enumerate(moments):
        for seen in moment.frame.objects:
            name = seen.label[:LABEL_LENGTH]
            if name not in labels:
                name = name if len(labels) < MAX_LABELS - 1 else "other"
                labels.setdefault(name, len(labels))
            speed, place = (np.nan if v is None else v for v in (seen.speed_px_s, seen.place_px_s))
            rows.append((index, seen.track_id, labels[name], seen.confidence, seen.box, speed, place))
            if looks and seen.look is not None:
                seen_looks.append((len(rows) - 1, seen.look))
    nothing = np.full(BANDS, np.nan, np.float32)
    return {
        "at": np.array([m.at for m in moments], np.float64),
        "size": np.array([(m.frame.height, m.frame.width) for m in moments], np.int32).reshape(-1, 2),
        "bands": np.array([nothing if m.frame.bands is None else m.frame.bands for m in moments], np.float16).reshape(
            -1, BANDS
        ),
        "values": np.array([m.values for m in moments], np.float32).reshape(-1, len(PARTS)),
        "recent": np.array([m.recent for m in moments], np.float32),
        "deviations": np.array([m.deviations for m in moments], np.float32).reshape(
            len(moments), len(moments[0].deviations) if moments else 0
        ),
        "objects": np.array(rows, OBJECT),
        "labels": np.array(list(labels), f"<U{LABEL_LENGTH}"),
        "look_of": np.array([row for row, _ in seen_looks], np.int32),
        "looks": np.array([look for _, look in seen_looks], np.float16).reshape(len(seen_looks), -1)
        if seen_looks
        else np.zeros((0, 1), np.float16),
    }


def unpack(arrays: Arrays) -> list[Moment]:
    """Return packed moments; raises ValueError or KeyError for arrays that are not what `pack` makes."""
    count = len(arrays["at"])
    if arrays["objects"].dtype != OBJECT or arrays["bands"].shape != (count, BANDS):
        raise ValueError("The arrays of a chapter are not of the form they are kept in.")
    looks = dict(zip(arrays["look_of"].tolist(), arrays["looks"].astype(np.float32), strict=True))
    labels = [str(label) for label in arrays["labels"]]
    objects: list[list[Seen]] = [[] for _ in range(count)]
    for row, (index, track, label, confidence, box, speed, place) in enumerate(arrays["objects"].tolist()):
        objects[index].append(
            Seen(
                track_id=track,
                label=labels[label],
                confidence=confidence,
                box=(box[0], box[1], box[2], box[3]),
                speed_px_s=None if np.isnan(speed) else speed,
                look=looks.get(row),
                place_px_s=None if np.isnan(place) else place,
            )
        )
    still = np.isnan(arrays["bands"][:, 0])
    bands = arrays["bands"].astype(np.float32)
    return [
        Moment(
            Observation(
                at_s=float(arrays["at"][i]),
                height=int(arrays["size"][i][0]),
                objects=tuple(objects[i]),
                bands=None if still[i] else bands[i],
                width=int(arrays["size"][i][1]),
            ),
            arrays["values"][i].astype(np.float64),
            float(arrays["recent"][i]),
            arrays["deviations"][i].astype(np.float64),
        )
        for i in range(count)
    ]


def take(arrays: Arrays, keep: NDArray[np.bool_]) -> Arrays:
    """Return packed moments without those that `keep`, (moments,), leaves out."""
    return pack([moment for moment, kept in zip(unpack(arrays), keep, strict=True) if kept])


def size_of(arrays: Arrays) -> int:
    """Return the bytes that packed moments take."""
    return sum(array.nbytes for array in arrays.values())
