"""Who moves by more than his own width between two frames stays who he is, and nobody else becomes him."""

from __future__ import annotations

import numpy as np
import pytest

from detection.track import DeepSortTracker
from detection.types import Box, Detection, Image, Track
from tests.detection.scenes import paint

RED, BLUE, GREEN, GREY = (30, 30, 200), (200, 60, 30), (40, 180, 40), (90, 90, 90)
ROAD = np.full((240, 1200, 3), 120, np.uint8)
Colour = tuple[int, int, int]


def look(tracker: DeepSortTracker, step: int, things: list[tuple[Box, Colour]], label: str = "person") -> list[Track]:
    """Show one picture of coloured boxes, each detected exactly; parts outside the picture are cut off."""
    image: Image = ROAD
    found = []
    for (left, top, right, bottom), colour in things:
        inside = (max(0, left), top, min(ROAD.shape[1], right), bottom)
        image = paint(image, tuple(int(v) for v in inside), colour)
        found.append(Detection(inside, label, 0.9))
    return tracker.update(image, found, step * 0.2)


def at(left: float, width: float = 20.0, height: float = 60.0, top: float = 80.0) -> Box:
    return (left, top, left + width, top + height)


@pytest.mark.parametrize("pace", [0.5, 1.0, 1.5, 2.0, 2.5])
@pytest.mark.parametrize(("width", "height"), [(20.0, 60.0), (45.0, 60.0), (80.0, 40.0)])
def test_one_identity_from_the_first_frame_to_the_last(pace: float, width: float, height: float):
    tracker = DeepSortTracker()
    reported = []
    for step in range(6):
        tracks = look(tracker, step, [(at(5 + pace * width * step, width, height), RED)])
        reported.append([(t.track_id, t.age_frames) for t in tracks])
    assert reported == [[], [], [(1, 3)], [(1, 4)], [(1, 5)], [(1, 6)]]
    assert tracks[0].velocity_px_s == pytest.approx((pace * width * 5, 0.0))


@pytest.mark.parametrize("pace", [0.5, 1.0, 2.0, 2.5])
def test_one_identity_of_who_runs_down_the_picture(pace: float):
    tracker = DeepSortTracker()
    seen = [look(tracker, step, [(at(100, 20, 20, 5 + pace * 20 * step), RED)]) for step in range(5)]
    assert [[t.track_id for t in tracks] for tracks in seen] == [[], [], [1], [1], [1]]


def test_a_car_that_enters_the_picture_is_a_track_by_its_third_frame():
    tracker = DeepSortTracker()
    seen = [look(tracker, step, [(at(-40 + 160 * step, 80, 40), BLUE)], "car") for step in range(5)]
    assert [[t.track_id for t in tracks] for tracks in seen] == [[], [], [1], [1], [1]]


def test_who_stands_and_bolts_keeps_his_identity():
    tracker, ids = DeepSortTracker(), []
    for step in range(10):
        left = 40 + 110 * max(0, step - 5)
        ids.append([t.track_id for t in look(tracker, step, [(at(left, 45, 60), GREEN)])])
    assert ids == [[], []] + [[1]] * 8


@pytest.mark.parametrize("pace", [0.5, 1.5, 2.5])
def test_three_frames_unseen_do_not_end_a_runner(pace: float):
    tracker, ids = DeepSortTracker(), []
    for step in range(10):
        things = [] if step in (4, 5, 6) else [(at(5 + pace * 45 * step, 45, 60), RED)]
        ids.append([t.track_id for t in look(tracker, step, things)])
    assert ids == [[], [], [1], [1], [], [], [], [1], [1], [1]]


def test_a_bicycle_through_people_who_stand_changes_nobody():
    tracker = DeepSortTracker()
    standing = [(100.0, BLUE), (300.0, GREEN), (520.0, GREY)]
    whole = []
    for step in range(9):
        people = [(at(left, top=20.0 + 40 * (n % 2)), colour) for n, (left, colour) in enumerate(standing)]
        tracks = look(tracker, step, [*people, (at(5 + 100 * step, 45, 60, 150), RED)])
        whole.append([(t.track_id, t.box[1]) for t in tracks])
    assert whole[2:] == [[(1, 20.0), (2, 60.0), (3, 20.0), (4, 150.0)]] * 7


@pytest.mark.parametrize("colour", [RED, BLUE])
def test_somebody_elsewhere_is_somebody_else(colour: Colour):
    tracker = DeepSortTracker()
    for step in range(8):
        tracks = look(tracker, step, [(at(40), RED) if step < 4 else (at(900), colour)])
    assert [t.track_id for t in tracks] == [2]


def test_somebody_of_another_look_or_size_near_by_is_somebody_else():
    for box, colour in ((at(85), BLUE), (at(85, 60, 140, 20), RED)):
        tracker = DeepSortTracker()
        for step in range(8):
            tracks = look(tracker, step, [(at(40), RED) if step < 4 else (box, colour)])
        assert [t.track_id for t in tracks] == [2]


def test_in_a_crowd_of_one_look_nobody_hidden_becomes_a_neighbour():
    tracker = DeepSortTracker()
    for step in range(10):
        row = [at(40.0 + 60 * n) for n in range(6)]
        hidden = 2 if step >= 5 else 6
        shown = [(box, GREY) for n, box in enumerate(row) if n != hidden]
        newcomer = [(at(40.0 + 60 * 2 + 20, top=150.0), GREY)] if step >= 5 else []
        tracks = look(tracker, step, [*shown, *newcomer])
    assert [(t.track_id, t.box[0], t.box[1]) for t in tracks] == [
        (1, 40.0, 80.0),
        (2, 100.0, 80.0),
        (4, 220.0, 80.0),
        (5, 280.0, 80.0),
        (6, 340.0, 80.0),
        (7, 180.0, 150.0),
    ]


def test_after_a_cut_everybody_is_new():
    tracker = DeepSortTracker()
    for step in range(8):
        before = [(at(40 + 100 * n), (RED, GREEN)[n % 2]) for n in range(5)]
        after = [(at(90 + 100 * n), (BLUE, GREY)[n % 2]) for n in range(5)]
        tracks = look(tracker, step, before if step < 4 else after)
    assert [t.track_id for t in tracks] == [6, 7, 8, 9, 10]


def test_two_runners_who_cross_keep_their_identities():
    tracker, seen = DeepSortTracker(), []
    for step in range(9):
        right, left = at(5 + 90 * step, 45, 60, 60), at(800 - 90 * step, 45, 60, 120)
        seen.append({t.box[1]: t.track_id for t in look(tracker, step, [(right, RED), (left, BLUE)])})
    assert seen[2:] == [{60.0: 1, 120.0: 2}] * 7


def test_two_runners_of_one_look_side_by_side_are_two():
    tracker, seen = DeepSortTracker(), []
    for step in range(6):
        left = 5 + 90 * step
        tracks = look(tracker, step, [(at(left, 45, 60, 40), RED), (at(left, 45, 60, 140), RED)])
        seen.append([(t.track_id, t.box[1], t.age_frames) for t in tracks])
    assert seen == [[], []] + [[(1, 40.0, age), (2, 140.0, age)] for age in (3, 4, 5, 6)]


def test_somebody_of_another_look_does_not_take_over_what_was_seen_once():
    tracker = DeepSortTracker()
    seen = [look(tracker, step, [(at(40), RED) if step == 0 else (at(85), BLUE)]) for step in range(5)]
    assert [[t.track_id for t in tracks] for tracks in seen] == [[], [], [], [2], [2]]
