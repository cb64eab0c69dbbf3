"""Filter the paths of many boxes at once: the Kalman filter of DeepSORT (Wojke, Bewley and Paulus, ICIP 2017).

The state of a box is its centre (x, y), aspect ratio (width / height) and height, each with its velocity a frame. The
noises are independent, so the 8×8 covariance of the paper is four filters of 2×2, and the arrays of this module hold
all boxes of a picture: means (tracks, 2, 4), position and velocity; covariances (tracks, 3, 4), the variance of the
position, its covariance with the velocity, and the variance of the velocity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POSITION_WEIGHT = 1.0 / 10
VELOCITY_WEIGHT = 1.0 / 25
"""Motion of some tenths of a box between two frames. The paper's 1/20 and 1/160 are those of 30 frames a second; at the
5 that are analysed here they lose everybody who runs."""
ASPECT_STD = 1e-2
ASPECT_VELOCITY_STD = 1e-5
ASPECT_MEASURED_STD = 1e-1
GATE = 5.9915
"""The 0.95 quantile of the chi-square distribution of two degrees of freedom."""


def measured(boxes: Array) -> Array:
    """Return centre, aspect ratio and height of boxes (n, 4) of left, top, right, bottom: (n, 4)."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.column_stack([boxes[:, :2] + size / 2, size[:, 0] / size[:, 1], size[:, 1]])


def boxes_of(means: Array) -> Array:
    """Return the boxes (n, 4) of means (n, 2, 4): left, top, right, bottom in pixels, at least a pixel large."""
    centre, height = means[:, 0, :2], np.maximum(means[:, 0, 3:], 1.0)
    half = np.concatenate([np.maximum(means[:, 0, 2:3] * height, 1.0), height], axis=1) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def start(points: Array) -> tuple[Array, Array]:
    """Return means and covariances of boxes measured for the first time, (n, 4) as measured() gives them."""
    position = 2 * POSITION_WEIGHT * _noise(points, ASPECT_STD / (2 * POSITION_WEIGHT))
    velocity = 10 * VELOCITY_WEIGHT * _noise(points, ASPECT_VELOCITY_STD / (10 * VELOCITY_WEIGHT))
    means = np.stack([points, np.zeros_like(points)], axis=1)
    return means, np.stack([position**2, np.zeros_like(points), velocity**2], axis=1)


def predict(means: Array, covariances: Array) -> tuple[Array, Array]:
    """Return means and covariances one frame later."""
    position = (POSITION_WEIGHT * _noise(means[:, 0], ASPECT_STD / POSITION_WEIGHT)) ** 2
    velocity = (VELOCITY_WEIGHT * _noise(means[:, 0], ASPECT_VELOCITY_STD / VELOCITY_WEIGHT)) ** 2
    p, c, v = covariances[:, 0], covariances[:, 1], covariances[:, 2]
    moved = np.stack([means[:, 0] + means[:, 1], means[:, 1]], axis=1)
    return moved, np.stack([p + 2 * c + v + position, c + v, v + velocity], axis=1)


def correct(means: Array, covariances: Array, points: Array) -> tuple[Array, Array]:
    """Return means and covariances after each box was measured at its point, (n, 4)."""
    p, c, v = covariances[:, 0], covariances[:, 1], covariances[:, 2]
    spread = p + _measurement_noise(means[:, 0])
    gain, pull = p / spread, c / spread
    off = points - means[:, 0]
    corrected = np.stack([means[:, 0] + gain * off, means[:, 1] + pull * off], axis=1)
    return corrected, np.stack([p - gain * p, c - gain * c, v - pull * c], axis=1)


def repace(means: Array, covariances: Array, before: Array, points: Array) -> None:
    """Give boxes the pace of their last two measured centres, in place: two-point differencing.

    means, covariances: corrected by `points`; before: as measured one frame earlier. Bar-Shalom, Li and Kirubarajan,
    Estimation with Applications to Tracking and Navigation, 2001, section 5.5.3: how a filter of constant velocity
    starts where nothing is known of the velocity.
    """
    noise = _measurement_noise(points)[:, :2]
    means[:, 0, :2] = points[:, :2]
    means[:, 1, :2] = points[:, :2] - before[:, :2]
    covariances[:, 0, :2] = noise
    covariances[:, 1, :2] = noise
    covariances[:, 2, :2] = 2 * noise


def distances(means: Array, covariances: Array, points: Array) -> Array:
    """Return the squared Mahalanobis distance of every point (m, 4) from every box's centre: (n, m).

    Only the centre counts: who falls changes shape within a frame, and stays who they are.
    """
    spread = (covariances[:, 0] + _measurement_noise(means[:, 0]))[:, None, :2]
    off = points[None, :, :2] - means[:, None, 0, :2]
    return np.asarray((off**2 / spread).sum(axis=2))


def _noise(points: Array, aspect: float) -> Array:
    """Return the scale of each noise, (n, 4): the height of the box for lengths, `aspect` for the ratio."""
    size = points[:, 3]
    return np.column_stack([size, size, np.full_like(size, aspect), size])


def _measurement_noise(points: Array) -> Array:
    return np.asarray((POSITION_WEIGHT * _noise(points, ASPECT_MEASURED_STD / POSITION_WEIGHT)) ** 2)
