"""The filter of all boxes at once says what the library's filter says of each, and takes a new pace from two sights."""

from __future__ import annotations

import numpy as np
import pytest
from deep_sort_realtime.deep_sort.kalman_filter import KalmanFilter

from detection.track import kalman

BOXES = np.array([[10.0, 20.0, 40.0, 110.0], [200.0, 50.0, 340.0, 110.0], [5.0, 5.0, 9.0, 9.0]])
WAY, LEAP = np.array([6.0, 0.0, 6.0, 0.0]), np.array([100.0, 7.0, 100.0, 7.0])


def library() -> KalmanFilter:
    """Return the library's filter with our weights."""
    known = KalmanFilter()
    known._std_weight_position, known._std_weight_velocity = kalman.POSITION_WEIGHT, kalman.VELOCITY_WEIGHT
    return known


def full(covariance: np.ndarray) -> np.ndarray:
    """Return the 8×8 covariance of the paper for ours of (3, 4)."""
    p, c, v = (np.diag(part) for part in covariance)
    return np.block([[p, c], [c, v]])


def test_prediction_correction_and_gate_are_those_of_the_library():
    rng, known = np.random.default_rng(4), library()
    points = kalman.measured(BOXES)
    means, covariances = kalman.start(points)
    theirs = [known.initiate(point) for point in points]
    for step in range(12):
        means, covariances = kalman.predict(means, covariances)
        theirs = [known.predict(*state) for state in theirs]
        points = kalman.measured(BOXES + step * WAY + rng.normal(0.0, 0.3, BOXES.shape))
        expected = [known.gating_distance(*state, points, only_position=True) for state in theirs]
        assert kalman.distances(means, covariances, points) == pytest.approx(np.array(expected), rel=1e-6)
        if step % 4 != 3:  # every fourth frame nobody is seen
            means, covariances = kalman.correct(means, covariances, points)
            theirs = [known.update(*state, point) for state, point in zip(theirs, points, strict=True)]
        for mean, covariance, (their_mean, their_covariance) in zip(means, covariances, theirs, strict=True):
            assert mean.ravel() == pytest.approx(their_mean, rel=1e-6)
            assert full(covariance) == pytest.approx(their_covariance, rel=1e-6, abs=1e-12)


def test_boxes_survive_the_way_there_and_back():
    means, _ = kalman.start(kalman.measured(BOXES))
    assert kalman.boxes_of(means) == pytest.approx(BOXES)


def test_two_sights_give_the_pace():
    before = kalman.measured(BOXES)
    after = kalman.measured(BOXES + LEAP)
    means, covariances = kalman.correct(*kalman.predict(*kalman.start(before)), after)
    kalman.repace(means, covariances, before, after)
    assert means[:, 1, :2] == pytest.approx(np.tile([100.0, 7.0], (3, 1)))
    later, _ = kalman.predict(means, covariances)
    assert kalman.boxes_of(later)[:, :2] == pytest.approx(BOXES[:, :2] + [200.0, 14.0])


def test_a_box_that_shrinks_to_nothing_keeps_a_pixel():
    means, _ = kalman.start(kalman.measured(BOXES))
    means[:, 0, 3] = -5.0
    boxes = kalman.boxes_of(means)
    assert boxes[:, 3] - boxes[:, 1] == pytest.approx(np.ones(3))
    assert boxes[:, 2] - boxes[:, 0] == pytest.approx([1.0, 7 / 3, 1.0])
