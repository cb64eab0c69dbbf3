"""The built-in detector finds what moves and what was left, per camera, and nothing in an empty scene."""

from __future__ import annotations

import numpy as np
import pytest

from bench.pipeline import frames
from detection.detect.builtin import BuiltinDetector
from detection.types import Detection, Image
from tests.detection.scenes import HEIGHT, WIDTH, paint, pavement
from tests.shared_data import shared

RED = (40, 30, 200)
LEARNED = 30


@pytest.fixture
def detector() -> BuiltinDetector:
    """A detector that has learned the empty pavement as camera "a"."""
    built = BuiltinDetector()
    for _ in range(LEARNED):
        assert look(built, pavement()) == []
    return built


def look(detector: BuiltinDetector, image: Image, camera: str = "a") -> list[Detection]:
    return detector.detect([image], [camera])[0]


def test_an_upright_mover_is_a_person_where_it_is(detector):
    for step in range(6):
        left = 40 + 8 * step
        (found,) = look(detector, paint(pavement(), (left, 80, left + 22, 145), RED))
        assert found.label == "person"
        assert found.box == pytest.approx((left, 80, left + 22, 145), abs=4)


def test_a_flat_mover_is_an_unnamed_object(detector):
    for step in range(4):
        (found,) = look(detector, paint(pavement(), (40 + 8 * step, 180, 90 + 8 * step, 200), RED))
        assert found.label == "moving object"


def test_something_left_behind_stays_visible_for_a_minute_and_becomes_background(detector):
    scene = paint(pavement(), (200, 180, 230, 200), RED)
    seen = [bool(look(detector, scene)) for _ in range(600)]
    assert all(seen[:300])
    assert not any(seen[-100:])


def test_a_passer_by_does_not_swallow_what_was_left(detector):
    scene = paint(pavement(), (150, 180, 180, 200), RED)
    for _ in range(40):
        look(detector, scene)
    for left in range(20, 280, 10):
        found = look(detector, paint(scene, (left, 110, left + 22, 172), (200, 120, 20)))
        assert any(d.box == pytest.approx((150, 180, 180, 200), abs=6) for d in found)


def test_what_leaves_is_no_ghost():
    detector, parked = BuiltinDetector(), paint(pavement(), (100, 100, 170, 140), RED)
    for _ in range(LEARNED):
        look(detector, parked)
    assert look(detector, pavement())  # for the moment nobody can tell
    assert [look(detector, pavement()) for _ in range(40)][-1] == []


def test_a_change_of_the_whole_light_is_no_object(detector):
    dim = (pavement() * 0.6).astype(np.uint8)
    assert [look(detector, dim) for _ in range(10)] == [[]] * 10


def test_cameras_do_not_share_a_background_and_can_be_forgotten(detector):
    scene = paint(pavement(), (40, 80, 62, 145), RED)
    assert look(detector, scene, "b") == []  # b has learned nothing yet
    assert len(look(detector, scene)) == 1
    detector.forget("a")
    assert look(detector, scene) == []


def test_work_is_bounded_when_everything_moves(detector):
    rng = np.random.default_rng(5)
    scene = pavement()
    for _ in range(150):
        x, y = int(rng.integers(0, WIDTH - 14)), int(rng.integers(0, HEIGHT - 30))
        scene = paint(scene, (x, y, x + 7, y + 20), RED)
    assert 0 < len(look(detector, scene)) <= 40


def test_finds_the_walkers_of_a_real_plaza():
    detector, people = BuiltinDetector(), []
    for seen in frames(shared("videos/opencv_vtest_480x360.avi"), 5.0, 640):
        if seen.at_s > 30:
            break
        people.append(sum(d.label == "person" for d in look(detector, seen.image)))
    assert 3 <= np.median(people[50:]) <= 8
