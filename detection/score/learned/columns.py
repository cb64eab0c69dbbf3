"""Turn a scene into the row of numbers that the boosted trees judge."""

from __future__ import annotations

import numpy as np

from detection.features import FEATURES, WINDOW_NAMES, PaceWindows
from detection.score.base import Reading
from detection.score.learned.flow import FLOW_NAMES
from detection.score.learned.history import History, Vector, history_names
from detection.score.learned.people import PEOPLE_NAMES, PeopleShapes

VALUES: tuple[str, ...] = (*FEATURES, *PEOPLE_NAMES, *FLOW_NAMES, *WINDOW_NAMES)
"""What is measured of one frame, in order."""
FEATURE_ORDER: tuple[str, ...] = history_names(VALUES)
"""The columns of one row, in order: VALUES now, then their history. A model trained on others is refused."""

PEOPLE_AND_FLOW: tuple[str, ...] = ("num_people", *PEOPLE_NAMES, *FLOW_NAMES)
"""The values of one frame without history and without pixels: for few, short clips from many cameras.

In a two-second clip a history hardly changes, and trees learn the clip by heart from it.
"""
COLUMN_SETS: dict[str, tuple[str, ...]] = {"all": FEATURE_ORDER, "people-flow": PEOPLE_AND_FLOW}


def value_of(column: str) -> str:
    """Return the value, one of VALUES, that a column of FEATURE_ORDER tells of."""
    return VALUES[FEATURE_ORDER.index(column) % len(VALUES)]


class SceneColumns:
    """Make the rows of one camera, in order of time. Not thread-safe."""

    def __init__(self) -> None:
        self._shapes = PeopleShapes()
        self._paces = PaceWindows()
        self._history = History()

    def row(self, reading: Reading) -> Vector:
        """Return the row of one frame, (len(FEATURE_ORDER),), float64, all finite; raises ValueError if not so.

        reading: with the `flow` that PeopleFlow.read gave.
        """
        people = [t for t in reading.tracks if t.label == "person"]
        values = np.array(
            [
                *reading.features.as_dict().values(),
                *self._shapes.measure(people, reading.at_s),
                *reading.seen["flow"].tolist(),
                *self._paces.measure(people, reading.at_s),
            ]
        )
        if not np.isfinite(values).all():
            bad = [name for name, value in zip(VALUES, values, strict=True) if not np.isfinite(value)]
            raise ValueError(f"The values {', '.join(bad)} of a frame are not finite.")
        return self._history.add(values, reading.at_s)
