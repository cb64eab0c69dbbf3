"""Name the 33 points of a pose (Bazarevsky et al., BlazePose, 2020) and what joins them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POINTS = 33
X, Y, Z, VISIBILITY, PRESENCE = range(5)
"""Columns of one pose: x, y and z in pixels of the picture (z from the hips, smaller is nearer), both chances 0–1."""

Pose = NDArray[np.float32]
"""One body, (33, 5) float32."""

NOSE = 0
HEAD = (0, 2, 5, 7, 8)
"""Nose, eyes, ears."""
LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12
LEFT_ELBOW, RIGHT_ELBOW = 13, 14
LEFT_WRIST, RIGHT_WRIST = 15, 16
LEFT_HIP, RIGHT_HIP = 23, 24
LEFT_KNEE, RIGHT_KNEE = 25, 26
LEFT_ANKLE, RIGHT_ANKLE = 27, 28
SHOULDERS = (LEFT_SHOULDER, RIGHT_SHOULDER)
HIPS = (LEFT_HIP, RIGHT_HIP)
KNEES = (LEFT_KNEE, RIGHT_KNEE)
WRISTS = (LEFT_WRIST, RIGHT_WRIST)
ANKLES = (LEFT_ANKLE, RIGHT_ANKLE)
FEET = (27, 28, 29, 30, 31, 32)
"""Ankles, heels, toes."""

BONES: tuple[tuple[int, int], ...] = (
    (11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24),
    (23, 25), (25, 27), (27, 31), (24, 26), (26, 28), (28, 32), (7, 0), (0, 8),
)  # fmt: skip
"""Pairs of points drawn as lines; fingers and the features of the face are left out, they mean nothing this small."""
