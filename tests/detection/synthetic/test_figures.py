"""People's bodies: feet on the ground, bones that keep their length, limbs drawn where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from detection.synthetic import skeleton as sk
from detection.synthetic.camera import PlazaCamera
from detection.synthetic.capsule import Capsule, draw_capsules
from detection.synthetic.figure import Stance, in_picture, limbs
from detection.synthetic.route import Route
from detection.synthetic.wardrobe import random_look, steward_look

PHASES = [step / 12 for step in range(12)]


@pytest.mark.parametrize("gait", [sk.WALK, sk.RUN], ids=["walk", "run"])
def test_leg_bones_keep_their_length_through_the_stride(gait: sk.Gait) -> None:
    for phase in PHASES:
        pose = sk.stride_pose(gait, phase)
        for hip, knee, ankle in zip(sk.HIPS, sk.KNEES, sk.ANKLES, strict=True):
            assert np.linalg.norm(pose[knee] - pose[hip]) == pytest.approx(sk.THIGH, abs=1e-5)
            assert np.linalg.norm(pose[ankle] - pose[knee]) == pytest.approx(sk.SHIN, abs=1e-5)


def test_a_walker_always_has_a_foot_on_the_ground_and_legs_swap_in_half_a_stride() -> None:
    for phase in PHASES:
        pose = sk.stride_pose(sk.WALK, phase)
        soles = [pose[list(sk.ANKLES), 2] - sk.ANKLE_Z, pose[list(sk.TOES), 2] - 0.02]
        assert np.min(soles) == pytest.approx(0, abs=1e-5)
        later = sk.stride_pose(sk.WALK, phase + 0.5)
        assert pose[sk.KNEES[0], 0] == pytest.approx(later[sk.KNEES[1], 0], abs=1e-5)


def test_nobody_lying_is_higher_than_a_kerb() -> None:
    assert sk.lying_pose()[:, 2].max() < 0.1
    assert sk.stride_pose(sk.WALK, 0.0)[sk.HEAD, 2] == pytest.approx(0.93, abs=0.04)


def test_a_person_in_the_picture_is_as_tall_as_perspective_says() -> None:
    camera = PlazaCamera(640, 480)
    look = random_look(np.random.default_rng(1))
    heights = []
    for y in (10.0, 20.0):
        stance = Stance(0.0, y, 0.0, sk.stride_pose(sk.WALK, 0.0, amount=0.0), "walk")
        boxes = np.array([capsule.bounds() for capsule in in_picture(limbs(look, stance), camera)])
        heights.append(boxes[:, 3].max() - boxes[:, 1].min())
    expected = look.height_m * camera.focal_px / camera.depth_at(0, 10.0)
    assert heights[0] == pytest.approx(expected, rel=0.12)
    assert heights[0] / heights[1] == pytest.approx(camera.depth_at(0, 20.0) / camera.depth_at(0, 10.0), rel=0.06)


def test_a_limb_is_lit_from_the_sun_and_covers_its_own_area() -> None:
    limb = Capsule((20.0, 30.0), (60.0, 30.0), 10.0, 10.0, depth=5.0, colour=(100, 100, 100))
    patch = draw_capsules([limb], sun=(0.0, -1.0, 0.0), sunlit=1.0)
    assert float(patch.cover.sum()) == pytest.approx(40 * 20 + np.pi * 100, rel=0.02)
    column = 40 - patch.left
    above, below = patch.colour[24 - patch.top, column, 0], patch.colour[36 - patch.top, column, 0]
    assert above > 1.5 * below


def test_the_nearer_limb_hides_the_farther_one() -> None:
    far = Capsule((20.0, 20.0), (20.0, 20.0), 8.0, 8.0, depth=9.0, colour=(200, 0, 0))
    near = Capsule((20.0, 20.0), (20.0, 20.0), 8.0, 8.0, depth=4.0, colour=(0, 0, 200))
    patch = draw_capsules([near, far], sun=(0.0, 0.0, 1.0), sunlit=1.0)
    blue, _, red = patch.colour[20 - patch.top, 20 - patch.left]
    assert blue == 0.0
    assert red > 150.0


def test_a_route_passes_its_waypoints_and_looks_ahead() -> None:
    route = Route([(0.0, 0.0), (3.0, 0.0), (6.0, 0.0)])
    assert route.length_m == pytest.approx(6.0, abs=0.01)
    assert route.at(3.0) == pytest.approx((3.0, 0.0, 0.0), abs=0.02)
    assert np.isnan(route.places(np.array([-1.0, 7.0]))).all()


def test_looks_are_drawn_by_the_generator_alone() -> None:
    first, second = (random_look(np.random.default_rng(4)) for _ in range(2))
    assert first == second
    assert steward_look(np.random.default_rng(4)).top == "vest"
