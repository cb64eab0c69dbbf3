"""Look at the people of a picture: whom, how long, and where somebody was lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.pose.crop import back, cut, square
from detection.pose.landmarker import Landmarker
from detection.pose.points import HIPS, POINTS, SHOULDERS, VISIBILITY, Pose, X, Y
from detection.pose.queue import LookQueue
from detection.pose.reading import PoseReading
from detection.pose.settings import PoseSettings
from detection.types import Box, Image, Track

PERSON = "person"
EDGE = 0.02
"""Who was last seen so near the picture's edge, as a share of its side, has left."""
OUTSIDE = 0.15
"""How far outside its box a torso may lie, as a share of the box's longer side."""
SAME_BODY = 0.25
"""Two poses whose points lie so few torsos apart on average are of one person, seen in two crops."""
OVERLAP = 0.3
"""Somebody lost is not looked for where another one's box covers this much of the place."""
LOST_GROWTH = 1.0


@dataclass(slots=True)
class _Known:
    """A person seen with a pose before: when the box or the pose was seen last, and since when the box is lost."""

    track: Track
    at_s: float
    lost_at_s: float | None = None


class Looker:
    """Keep one camera's queue and its lost people. Not thread-safe."""

    def __init__(
        self, landmarker: Landmarker, settings: PoseSettings, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Start with nobody known; clock tells seconds and is asked before and after each look."""
        self._landmarker, self._settings, self._clock = landmarker, settings, clock
        self._queue = LookQueue(settings.look.budget_ms / 1000.0)
        self._known: dict[int, _Known] = {}

    def look(self, image: Image, tracks: Sequence[Track], at_s: float) -> PoseReading:
        """Return the poses of the people chosen in this frame; raises PoseError when the model fails.

        image: (height, width, 3) uint8 BGR; tracks in its pixels. The most urgent are looked at until the time account
        is empty; the rest are counted and come first next time.
        """
        people = [track for track in tracks if track.label == PERSON or track.track_id in self._known]
        large = [track for track in people if _longer(track.box) >= self._settings.look.min_person_px]
        self._queue.begin(at_s)
        found: list[tuple[Track, Pose]] = []
        failed: list[int] = []
        waiting = self._queue.order(large, at_s) + self._lost(image, tracks, at_s)
        looked = 0
        for track in waiting:
            if not self._queue.may_look():
                break
            pose = self._one(image, track, at_s, tracks)
            looked += 1
            if pose is None:
                failed.append(track.track_id)
            else:
                found.append((track, pose))
                self._remember(track, pose, tracks, at_s)
        for track in tracks:
            known = self._known.get(track.track_id)
            if known is not None and track.label == PERSON:
                known.track, known.at_s, known.lost_at_s = track, at_s, None
        kept = _one_each(found, self._settings.min_visibility)
        return PoseReading(
            np.array([track.track_id for track, _ in kept], np.int32),
            np.stack([pose for _, pose in kept]) if kept else np.zeros((0, POINTS, 5), np.float32),
            np.array(sorted(failed), np.int32),
            len(people) - len(large),
            len(waiting) - looked,
            (image.shape[0], image.shape[1]),
        )

    def _one(self, image: Image, track: Track, at_s: float, tracks: Sequence[Track]) -> Pose | None:
        lost = all(track.track_id != other.track_id for other in tracks)
        left, top, side = square(track.box, LOST_GROWTH if lost else self._settings.look.grown)
        before = self._clock()
        crop = cut(image, left, top, side)
        pose = self._landmarker.find(crop)
        self._queue.looked(track, at_s, self._clock() - before)
        if pose is None:
            return None
        pose = back(pose, left, top, side, crop.shape[0])
        if not self._inside(pose, track.box):
            return None
        if lost and any(_share_inside(extent(pose), other.box) > OVERLAP for other in tracks if other.label == PERSON):
            return None
        return pose

    def _inside(self, pose: Pose, box: Box) -> bool:
        """Tell whether the torso lies in the box: a crop shows neighbours too."""
        torso = pose[list(SHOULDERS + HIPS)]
        sure = torso[torso[:, VISIBILITY] >= self._settings.min_visibility]
        if len(sure) == 0:
            return False
        x, y = sure[:, X].mean(), sure[:, Y].mean()
        slack = OUTSIDE * _longer(box)
        return bool(box[0] - slack <= x <= box[2] + slack and box[1] - slack <= y <= box[3] + slack)

    def _remember(self, track: Track, pose: Pose, tracks: Sequence[Track], at_s: float) -> None:
        known = self._known.setdefault(track.track_id, _Known(track, at_s))
        if all(track.track_id != other.track_id for other in tracks):
            known.track = replace(track, box=extent(pose))
        known.at_s = at_s

    def _lost(self, image: Image, tracks: Sequence[Track], at_s: float) -> list[Track]:
        """Return where people were last whose box vanished inside the picture, the latest first."""
        here = {track.track_id for track in tracks}
        boxes = [track.box for track in tracks]
        lost: list[tuple[float, Track]] = []
        for key, known in list(self._known.items()):
            if key in here:
                if at_s - known.at_s > self._settings.look.lost_s:
                    del self._known[key]  # called a thing, and no body found in it for so long: it is a thing
                continue
            if known.lost_at_s is None:
                known.lost_at_s = known.at_s
            gone = at_s - known.at_s > self._settings.look.lost_s
            if gone or at_s < known.at_s or _at_edge(known.track.box, image) or self._covered(known.track.box, boxes):
                del self._known[key]
            elif _longer(known.track.box) >= self._settings.look.min_person_px:
                lost.append((known.lost_at_s, known.track))
        lost.sort(key=lambda pair: (-pair[0], pair[1].track_id))
        return [track for _, track in lost[: self._settings.look.max_lost]]

    @staticmethod
    def _covered(box: Box, boxes: Sequence[Box]) -> bool:
        return any(_share_inside(box, other) > OVERLAP for other in boxes)


def extent(pose: Pose) -> Box:
    """Return the box around all points of a pose, in its pixels."""
    return (float(pose[:, X].min()), float(pose[:, Y].min()), float(pose[:, X].max()), float(pose[:, Y].max()))


def _one_each(found: Sequence[tuple[Track, Pose]], min_visibility: float) -> list[tuple[Track, Pose]]:
    """Return the poses by track id; of one body seen for two tracks, the one that fits its box better is kept."""
    ranked = sorted(found, key=lambda pair: (-_overlap(extent(pair[1]), pair[0].box), pair[0].track_id))
    kept: list[tuple[Track, Pose]] = []
    for track, pose in ranked:
        if all(_apart(pose, other) > SAME_BODY for _, other in kept):
            kept.append((track, pose))
    return sorted(kept, key=lambda pair: pair[0].track_id)


def _apart(one: Pose, other: Pose) -> float:
    """Return the mean distance of the points of two poses in torso lengths of the first."""
    torso = one[list(SHOULDERS), : Y + 1].mean(axis=0) - one[list(HIPS), : Y + 1].mean(axis=0)
    length = max(1.0, float(np.hypot(*torso)))
    return float(np.hypot(*(one[:, : Y + 1] - other[:, : Y + 1]).T).mean()) / length


def _longer(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _common(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _area(box: Box) -> float:
    return max(1.0, (box[2] - box[0]) * (box[3] - box[1]))


def _overlap(a: Box, b: Box) -> float:
    common = _common(a, b)
    return common / max(1.0, _area(a) + _area(b) - common)


def _share_inside(a: Box, b: Box) -> float:
    """Return the share of a that b covers, 0–1."""
    return min(1.0, _common(a, b) / _area(a))


def _at_edge(box: Box, image: Image) -> bool:
    height, width = image.shape[:2]
    dx, dy = EDGE * width, EDGE * height
    return bool(box[0] <= dx or box[1] <= dy or box[2] >= width - dx or box[3] >= height - dy)
