"""Hold what the pose stage read of one picture: small arrays, which a cache can keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.pose.points import POINTS, Pose

COUNTS = ("found", "nobody", "too_small", "out_of_budget")


def _no_ids() -> NDArray[np.int32]:
    return np.zeros(0, np.int32)


def _no_points() -> NDArray[np.float32]:
    return np.zeros((0, POINTS, 5), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PoseReading:
    """The poses of one picture, in its pixels.

    ids: (n,) int32, the tracks looked at with success; points: (n, 33, 5) float32; failed: (m,) int32, the tracks
    looked at in vain; too_small, out_of_budget: people not looked at, and why. An id in ids that is not among the
    frame's tracks is of a person whose box was lost a moment ago and who was found again in the same place. size:
    (height, width) of the picture, (0, 0) when not known.
    """

    ids: NDArray[np.int32] = field(default_factory=_no_ids)
    points: NDArray[np.float32] = field(default_factory=_no_points)
    failed: NDArray[np.int32] = field(default_factory=_no_ids)
    too_small: int = 0
    out_of_budget: int = 0
    size: tuple[int, int] = (0, 0)

    def poses(self) -> Iterator[tuple[int, Pose]]:
        """Yield (track id, (33, 5) float32)."""
        for track_id, pose in zip(self.ids, self.points, strict=True):
            yield int(track_id), pose

    def counts(self) -> dict[str, int]:
        """Return how many people were found, not found, too small, and left for a later frame."""
        return dict(zip(COUNTS, (len(self.ids), len(self.failed), self.too_small, self.out_of_budget), strict=True))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays by name, with fixed dtypes."""
        numbers = np.array([self.too_small, self.out_of_budget, *self.size], np.int32)
        return {"ids": self.ids, "points": self.points, "failed": self.failed, "numbers": numbers}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> PoseReading:
        """Return the reading that arrays() described, the same bit for bit; raises KeyError when one is missing."""
        small, late, height, width = (int(number) for number in arrays["numbers"])
        return cls(arrays["ids"], arrays["points"], arrays["failed"], small, late, (height, width))
