"""The gate opens for motion, holds, refreshes, and stays shut on a still picture."""

from __future__ import annotations

import numpy as np

from detection.motion import MotionGate, MotionSettings
from tests.detection.scenes import paint, pavement

SETTINGS = MotionSettings(hold_s=1.0, refresh_s=3.0)


def test_a_still_picture_is_skipped_but_refreshed():
    gate, still = MotionGate(SETTINGS), pavement()
    reasons = [gate.look(still, second).reason for second in range(8)]
    assert reasons == ["first frame", "still", "still", "refresh", "still", "still", "refresh", "still"]


def test_motion_opens_and_holds_the_gate_for_a_second():
    gate, still = MotionGate(SETTINGS), pavement()
    moved = paint(still, (100, 100, 110, 130), (255, 255, 255))
    seen = [
        gate.look(image, at) for image, at in [(still, 0.0), (moved, 0.5), (moved, 1.0), (moved, 1.5), (moved, 2.0)]
    ]
    assert [(d.open, d.reason) for d in seen] == [
        (True, "first frame"),
        (True, "motion"),
        (True, "motion"),
        (True, "motion"),
        (False, "still"),
    ]
    assert 0.002 < seen[1].changed_ratio < 0.01
    assert seen[2].changed_ratio == 0.0


def test_noise_of_a_few_levels_is_no_motion():
    gate, still = MotionGate(SETTINGS), pavement()
    gate.look(still, 0.0)
    noise = np.random.default_rng(3).integers(-8, 9, still.shape)
    assert gate.look((still.astype(int) + noise).astype(np.uint8), 0.2).reason == "still"


def test_another_picture_size_counts_as_a_first_frame():
    gate = MotionGate(SETTINGS)
    gate.look(np.zeros((240, 320, 3), np.uint8), 0.0)
    assert gate.look(np.zeros((180, 320, 3), np.uint8), 0.2).reason == "first frame"


def test_a_picture_of_one_pixel_works():
    assert MotionGate().look(np.zeros((1, 1, 3), np.uint8), 0.0).open
