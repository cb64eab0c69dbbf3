"""Draw skeletons into a picture for the evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import cv2

from detection.evidence.overlay import INK, OTHER, PERSON
from detection.pose.points import BONES, VISIBILITY, Pose, X, Y
from detection.types import Image

MAX_POSES = 20
MIN_VISIBILITY = 0.5


def draw_poses(
    image: Image,
    poses: Mapping[int, Pose],
    marked: Collection[int] = (),
    min_visibility: float = MIN_VISIBILITY,
) -> Image:
    """Return a copy of image with a skeleton for every pose; those of marked people stand out.

    image: (height, width, 3) uint8 BGR; poses: (33, 5) in its pixels, by track id. Bones are drawn between points that
    are both visible enough. Marked people have the colour of people in the box overlay and a dark rim, so that they are
    told apart without colour too; the others are grey and thin. At most MAX_POSES are drawn, the marked ones first.
    """
    drawn = image.copy()
    line = max(1, round(min(image.shape[:2]) / 240))
    chosen = sorted(poses, key=lambda track_id: (track_id not in marked, track_id))[:MAX_POSES]
    for track_id in reversed(chosen):
        if track_id in marked:
            _skeleton(drawn, poses[track_id], INK, 2 * line + 2, min_visibility)
            _skeleton(drawn, poses[track_id], PERSON, 2 * line, min_visibility)
        else:
            _skeleton(drawn, poses[track_id], OTHER, line, min_visibility)
    return drawn


def _skeleton(image: Image, pose: Pose, colour: tuple[int, int, int], line: int, min_visibility: float) -> None:
    spots = [(round(float(point[X])), round(float(point[Y]))) for point in pose]
    seen = [float(point[VISIBILITY]) >= min_visibility for point in pose]
    for a, b in BONES:
        if seen[a] and seen[b]:
            cv2.line(image, spots[a], spots[b], colour, line, cv2.LINE_AA)
    for joint in {point for bone in BONES for point in bone}:
        if seen[joint]:
            cv2.circle(image, spots[joint], line + 1, colour, cv2.FILLED, cv2.LINE_AA)
