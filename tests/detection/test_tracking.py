"""Tracks keep their identity, speed and label; their number is bounded; torch stays out."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from detection.track import DeepSortTracker
from detection.track.appearance import SIZE, appearance
from detection.track.velocity import MotionHistory
from detection.types import Detection
from tests.detection.scenes import paint, pavement, person

RED, BLUE = (30, 30, 200), (200, 60, 30)


def test_a_walker_is_one_track_with_the_right_speed():
    tracker = DeepSortTracker()
    for step in range(15):
        left = 20 + 6 * step
        image = paint(pavement(), (left, 80, left + 20, 140), RED)
        tracks = tracker.update(image, [person(left, 80)], step * 0.2)
    (walker,) = tracks
    assert walker.velocity_px_s == pytest.approx((30.0, 0.0))
    assert (walker.label, walker.age_frames, walker.age_s) == ("person", 15, pytest.approx(2.8))


def test_a_runner_whose_boxes_do_not_overlap_is_one_track():
    tracker, ids = DeepSortTracker(), set()
    for step in range(9):
        left = 10 + 30 * step
        image = paint(pavement(), (left, 80, left + 20, 140), RED)
        ids |= {t.track_id for t in tracker.update(image, [person(left, 80)], step * 0.2)}
    assert len(ids) == 1


def test_two_who_cross_keep_their_identities():
    tracker, last = DeepSortTracker(), {}
    for step in range(25):
        a, b = 40 + 8 * step, 240 - 8 * step
        image = paint(paint(pavement(), (a, 60, a + 20, 120), RED), (b, 100, b + 20, 160), BLUE)
        tracks = tracker.update(image, [person(a, 60), person(b, 100)], step * 0.2)
        last = {("red" if t.box[1] == 60 else "blue"): t.track_id for t in tracks}
        if step == 5:
            first = last
    assert last == first
    assert len(last) == 2


def test_a_track_needs_three_sightings_and_an_unnamed_one_eight():
    for label, needed in (("person", 3), ("moving object", 8)):
        tracker = DeepSortTracker()
        seen = [
            len(tracker.update(pavement(), [Detection((50, 50, 80, 110), label, 0.6)], step * 0.2)) for step in range(9)
        ]
        assert seen == [0] * (needed - 1) + [1] * (10 - needed)


def test_one_bad_frame_does_not_turn_a_person_into_a_thing():
    tracker = DeepSortTracker()
    labels = ["person"] * 5 + ["moving object"] * 5
    for step, label in enumerate(labels):
        (*_, seen) = tracker.update(pavement(), [Detection((50, 50, 70, 110), label, 0.6)], step * 0.2) or [None]
    assert seen.label == "person"


def test_a_track_is_as_sure_as_the_detector_was_of_that_very_label():
    tracker = DeepSortTracker()
    for step in range(20):
        label = "person" if step % 3 else "dog"
        seen = tracker.update(pavement(), [Detection((50, 50, 70, 110), label, 0.6)], step * 0.2)
    assert seen[0].label == "person"
    assert seen[0].confidence == pytest.approx(0.4, abs=0.05)
    for step in range(20, 50):
        seen = tracker.update(pavement(), [Detection((50, 50, 70, 110), "moving object", 0.2)], step * 0.2)
    assert seen[0].label == "person"
    assert seen[0].confidence == pytest.approx(0.4, abs=0.05), "what is unnamed says nothing for or against a name"


def test_the_number_of_tracks_is_bounded():
    tracker, rng = DeepSortTracker(), np.random.default_rng(2)
    for step in range(20):
        found = [person(float(x), float(y), 8, 16) for x, y in rng.uniform(0, 220, (40, 2))]
        assert len(tracker.update(pavement(), found, step * 0.2)) <= 64
        assert len(tracker._followed) == len(tracker._means) == len(tracker._covariances) <= 64


def test_empty_boxes_are_left_out():
    assert DeepSortTracker().update(pavement(), [Detection((5, 5, 5, 9), "person", 1.0)], 0.0) == []


def test_appearance_tells_clothes_apart_and_survives_a_box_outside():
    image = paint(paint(pavement(), (20, 20, 40, 80), RED), (100, 20, 120, 80), BLUE)
    red, blue = appearance(image, (20, 20, 40, 80)), appearance(image, (100, 20, 120, 80))
    assert red.shape == (SIZE,)
    assert float(np.linalg.norm(red)) == pytest.approx(1.0)
    assert float(red @ red) > 0.99 > 0.1 > float(red @ blue)
    assert float(np.linalg.norm(appearance(image, (900, 900, 950, 990)))) == pytest.approx(1.0)


def test_a_box_that_swells_or_jumps_once_has_no_speed():
    motion = MotionHistory()
    for step in range(6):
        motion.add(step * 0.2, (10, 10, 30 if step < 3 else 90, 70))
    assert motion.velocity() == (0.0, 0.0)


def test_the_tracker_never_imports_torch_or_pkg_resources():
    code = "import sys, detection.track; print(sorted({'torch', 'pkg_resources'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
