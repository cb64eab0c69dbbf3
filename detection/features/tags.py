"""Name what the features of a frame show."""

from __future__ import annotations

from math import hypot

from detection.features.frame import FrameFeatures

LOITERING = "loitering"
RAPID_MOVEMENT = "rapid movement"
CLOSE_TO_OBJECT = "close to object"
CROWDING = "crowding"
TAGS = (LOITERING, RAPID_MOVEMENT, CLOSE_TO_OBJECT, CROWDING)

LOITER_RATIO = 0.5
LOW_SPEED_DIAGONALS_S = 0.02
FAST_RATIO = 0.4
HIGH_SPEED_DIAGONALS_S = 0.3
CLOSE_NORM = 0.03
CROWD_IN_CELL = 4
CROWD_IN_PICTURE = 8


def tags_of(features: FrameFeatures, size: tuple[int, int]) -> tuple[str, ...]:
    """Return the tags of one frame, in the order of TAGS.

    loitering: loiter_ratio ≥ 0.5 and an average speed under 2 % of the picture's diagonal a second. rapid movement:
    fast_ratio ≥ 0.4, or somebody faster than 30 % of the diagonal a second. close to object: min_person_obj_norm ≤
    0.03. crowding: grid_max ≥ 4 or num_people ≥ 8. size: (height, width) of the picture in pixels.
    """
    diagonal = hypot(*size)
    holds = {
        LOITERING: features.loiter_ratio >= LOITER_RATIO and features.avg_speed_px < LOW_SPEED_DIAGONALS_S * diagonal,
        RAPID_MOVEMENT: features.fast_ratio >= FAST_RATIO or features.max_speed_px >= HIGH_SPEED_DIAGONALS_S * diagonal,
        CLOSE_TO_OBJECT: features.min_person_obj_norm <= CLOSE_NORM,
        CROWDING: features.grid_max >= CROWD_IN_CELL or features.num_people >= CROWD_IN_PICTURE,
    }
    return tuple(tag for tag in TAGS if holds[tag])
