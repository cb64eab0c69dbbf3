"""Track with DeepSORT (Wojke, Bewley and Paulus, ICIP 2017) on our own appearance vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detection.track import kalman
from detection.track.appearance import SIZE, appearance
from detection.track.association import Candidates, associate
from detection.track.followed import CONFIRM_HITS, Followed
from detection.types import Detection, Image, Track

MAX_TRACKS = 64
"""Tracks kept at most, confirmed or not; the longest unseen leave first."""
MAX_AGE_FRAMES = 10


class DeepSortTracker:
    """Turn the detections of one camera into tracks. Not thread-safe: one per camera.

    A tentative track of the paper matches by overlap only, and the boxes of a runner do not overlap at 5 frames a
    second. So here every track matches by appearance from its second frame on; CONFIRM_HITS decides when it is
    reported, and a miss before that ends it, as in the paper.
    """

    def __init__(self) -> None:
        self._followed: list[Followed] = []
        self._means = np.empty((0, 2, 4))
        self._covariances = np.empty((0, 3, 4))
        self._next_id = 1

    def update(self, image: Image, detections: Sequence[Detection], at_s: float) -> list[Track]:
        """Return the confirmed tracks that were seen in this frame, by id.

        image: (height, width, 3), uint8, BGR; boxes in its pixels; at_s: stream time in seconds, never falling. The
        label of a track is the one with the most confidence over its last two seconds or so, and one bad frame does not
        turn a person into a thing.
        """
        usable = [d for d in detections if d.box[2] - d.box[0] >= 1 and d.box[3] - d.box[1] >= 1]
        looks = np.array([appearance(image, d.box) for d in usable], np.float32).reshape(-1, SIZE)
        boxes = np.array([d.box for d in usable], np.float64).reshape(-1, 4)
        self._means, self._covariances = kalman.predict(self._means, self._covariances)
        for followed in self._followed:
            followed.unseen += 1
        matched = self._match(usable, looks, boxes, at_s) if self._followed and usable else set()
        self._end()
        self._begin([i for i in range(len(usable)) if i not in matched], usable, looks, boxes, at_s)
        self._bound()
        seen = [f.track(at_s) for f in self._followed if f.unseen == 0]
        return sorted((t for t in seen if t is not None), key=lambda t: t.track_id)

    def _match(
        self, usable: Sequence[Detection], looks: NDArray[np.float32], boxes: kalman.Array, at_s: float
    ) -> set[int]:
        """Give tracks the detections that are theirs; return the indices of those."""
        points = kalman.measured(boxes)
        known = np.stack([f.looks for f in self._followed])
        found = associate(
            Candidates(
                looks=1.0 - np.asarray((known @ looks.T).max(axis=1), np.float64),
                gate=kalman.distances(self._means, self._covariances, points),
                predicted=kalman.boxes_of(self._means),
                found=boxes,
                unseen=np.array([f.unseen for f in self._followed]),
                fresh=np.array([f.hits == 1 for f in self._followed]),
            )
        )
        pairs = found.expected + found.leaps
        if not pairs:
            return set()
        rows, columns = np.array([r for r, _ in pairs]), np.array([c for _, c in pairs])
        means, covariances = kalman.correct(self._means[rows], self._covariances[rows], points[columns])
        if found.leaps:
            leapt = slice(len(found.expected), None)
            before = kalman.measured(np.array([self._followed[r].detection.box for r, _ in found.leaps], np.float64))
            kalman.repace(means[leapt], covariances[leapt], before, points[columns[leapt]])
        self._means[rows], self._covariances[rows] = means, covariances
        for row, column in pairs:
            self._followed[row].see(usable[column], looks[column], at_s)
        return {column for _, column in pairs}

    def _end(self) -> None:
        """Leave the tracks that were missed before they were confirmed, or for longer than the allowed age."""
        ages = [MAX_AGE_FRAMES if f.hits >= CONFIRM_HITS else 1 for f in self._followed]
        self._keep([i for i, f in enumerate(self._followed) if f.unseen < ages[i]])

    def _begin(
        self, new: list[int], usable: Sequence[Detection], looks: NDArray[np.float32], boxes: kalman.Array, at_s: float
    ) -> None:
        if not new:
            return
        means, covariances = kalman.start(kalman.measured(boxes[new]))
        self._means = np.concatenate([self._means, means])
        self._covariances = np.concatenate([self._covariances, covariances])
        for index in new:
            self._followed.append(Followed(self._next_id, usable[index], looks[index], at_s))
            self._next_id += 1

    def _bound(self) -> None:
        if len(self._followed) > MAX_TRACKS:
            order = sorted(
                range(len(self._followed)), key=lambda i: (self._followed[i].unseen, -self._followed[i].hits)
            )
            self._keep(sorted(order[:MAX_TRACKS]))

    def _keep(self, rows: list[int]) -> None:
        if len(rows) < len(self._followed):
            self._followed = [self._followed[i] for i in rows]
            self._means, self._covariances = self._means[rows], self._covariances[rows]
