"""Looking: crops, the way back, the budget and its fairness, people lost, and one body for one track."""

from __future__ import annotations

import numpy as np
import pytest

from detection.pose.crop import back, cut, square
from detection.pose.look import Looker
from detection.pose.points import HIPS
from detection.pose.queue import LookQueue
from detection.pose.settings import LookSettings, PoseSettings
from detection.types import Track
from tests.detection.pose.fake import Clock, FakeLandmarker, blank
from tests.detection.pose.figure import STAND, person, points

RICH = PoseSettings(look=LookSettings(budget_ms=1000.0))


def _row(count: int, height: float = 100.0) -> list[Track]:
    return [person(i + 1, (60.0 + 80 * i, 150.0, 100.0 + 80 * i, 150.0 + height)) for i in range(count)]


def _looker(settings: PoseSettings = RICH, look_s: float = 0.01) -> tuple[Looker, FakeLandmarker]:
    landmarker = FakeLandmarker(Clock(look_s))
    return Looker(landmarker, settings, landmarker.clock), landmarker


def test_the_crop_is_a_grown_square_around_the_box() -> None:
    assert square((100.0, 50.0, 140.0, 150.0), 0.25) == (58, 38, 125)
    assert square((100.0, 100.0, 200.0, 140.0), 0.2) == (90, 60, 120)


def test_small_crops_are_enlarged_large_ones_reduced_and_the_outside_is_black() -> None:
    assert cut(blank(), 0, 0, 60).shape == (256, 256, 3)
    assert cut(blank(), 0, 0, 400).shape == (400, 400, 3)
    assert cut(blank(1200, 1200), 0, 0, 1000).shape == (512, 512, 3)
    edge = cut(blank(), -150, -150, 300)
    assert edge[:150].max() == 0
    assert edge[150:, 150:].min() == 90
    assert cut(blank(), 5000, 5000, 300).max() == 0


def test_points_come_back_to_where_they_were_in_the_picture() -> None:
    pose = points(STAND, 128.0, 230.0)
    moved = back(pose, 40, -10, 128, 256)
    np.testing.assert_allclose(moved[:, 0], pose[:, 0] / 2 + 40)
    np.testing.assert_allclose(moved[:, 1], pose[:, 1] / 2 - 10)
    np.testing.assert_array_equal(moved[:, 3:], pose[:, 3:])


def test_everybody_is_looked_at_where_the_budget_allows() -> None:
    looker, landmarker = _looker()
    tracks = _row(4)
    reading = looker.look(blank(), tracks, 0.0)
    assert reading.ids.tolist() == [1, 2, 3, 4]
    assert reading.points.shape == (4, 33, 5)
    assert reading.points.dtype == np.float32
    assert reading.size == (480, 640)
    assert landmarker.sizes == [(256, 256)] * 4
    for track, (_, pose) in zip(tracks, reading.poses(), strict=True):
        middle = (track.box[0] + track.box[2]) / 2
        assert pose[list(HIPS), 0].mean() == pytest.approx(middle, abs=1.0)


def test_the_budget_is_kept_and_nobody_waits_for_ever() -> None:
    looker, _ = _looker(PoseSettings(look=LookSettings(budget_ms=45.0)), look_s=0.02)
    tracks, seen, late = _row(6), [], 0
    for frame in range(12):
        reading = looker.look(blank(), tracks, frame * 0.2)
        seen += reading.ids.tolist()
        late += reading.out_of_budget
        assert len(reading.ids) <= 4
    assert len(seen) == pytest.approx(12 * 45 / 20, abs=2)
    assert late == 12 * 6 - len(seen)
    counts = [seen.count(track_id) for track_id in range(1, 7)]
    assert max(counts) - min(counts) <= 1


def test_a_budget_smaller_than_one_look_gives_every_few_frames_one() -> None:
    looker, _ = _looker(PoseSettings(look=LookSettings(budget_ms=10.0)), look_s=0.02)
    looks = [len(looker.look(blank(), _row(1), frame * 0.2).ids) for frame in range(20)]
    assert set(looks) == {0, 1}
    assert 9 <= sum(looks) <= 11


def test_a_busy_second_does_not_stop_the_looking_for_long() -> None:
    looker, landmarker = _looker(PoseSettings(look=LookSettings(budget_ms=40.0)), look_s=1.0)
    looker.look(blank(), _row(1), 0.0)
    landmarker.clock.look_s = 0.02
    looks = [len(looker.look(blank(), _row(1), 0.2 + frame * 0.2).ids) for frame in range(6)]
    assert sum(looks) >= 1


def test_who_changes_shape_is_looked_at_first() -> None:
    queue = LookQueue(1.0)
    people = _row(3)
    for order, track in enumerate(people):
        queue.looked(track, order * 0.1, 0.01)
    assert [t.track_id for t in queue.order(people, 1.0)] == [1, 2, 3]
    fell = person(3, (200.0, 210.0, 300.0, 250.0))
    assert [t.track_id for t in queue.order([people[0], people[1], fell], 1.0)] == [3, 1, 2]
    new = person(9, (0.0, 0.0, 20.0, 50.0))
    assert queue.order([people[0], fell, new], 1.0)[0].track_id == 9


def test_people_too_small_are_counted_and_not_looked_at() -> None:
    looker, landmarker = _looker()
    reading = looker.look(blank(), [*_row(1), *[person(5, (10.0, 10.0, 22.0, 49.0))]], 0.0)
    assert reading.ids.tolist() == [1]
    assert reading.too_small == 1
    assert len(landmarker.sizes) == 1
    assert reading.counts() == {"found": 1, "nobody": 0, "too_small": 1, "out_of_budget": 0}


def test_things_are_not_looked_at_and_who_is_not_found_is_told() -> None:
    looker, landmarker = _looker()
    landmarker.blind = True
    reading = looker.look(blank(), [*_row(1), person(2, (300.0, 100.0, 400.0, 200.0), "car")], 0.0)
    assert reading.ids.tolist() == []
    assert reading.failed.tolist() == [1]
    assert reading.points.shape == (0, 33, 5)


def test_a_neighbour_in_the_crop_is_not_taken_for_the_person() -> None:
    looker, landmarker = _looker()
    landmarker.pose = points(STAND, 20.0, 250.0, 200.0)
    reading = looker.look(blank(), [person(1, (300.0, 100.0, 340.0, 300.0))], 0.0)
    assert reading.failed.tolist() == [1]


def test_one_body_seen_for_two_tracks_is_given_to_the_better_box() -> None:
    looker, _ = _looker()
    tracks = [person(1, (302.0, 101.0, 338.0, 199.0)), person(2, (300.0, 95.0, 340.0, 205.0))]
    alone = [looker.look(blank(), [track], at_s).ids.tolist() for track, at_s in zip(tracks, (0.0, 9.0), strict=True)]
    assert alone == [[1], [2]]
    assert len(looker.look(blank(), tracks, 18.0).ids) == 1


def test_a_person_whose_box_vanished_is_looked_for_in_the_same_place() -> None:
    looker, landmarker = _looker()
    looker.look(blank(), _row(1), 0.0)
    found = [looker.look(blank(), [], at_s).ids.tolist() for at_s in (0.2, 0.4)]
    assert found == [[1], [1]]
    landmarker.blind = True
    assert looker.look(blank(), [], 0.6).failed.tolist() == [1]
    assert looker.look(blank(), [], 4.3).failed.tolist() == [1]
    assert looker.look(blank(), [], 4.5).failed.tolist() == []


def test_nobody_is_looked_for_at_the_edge_or_where_somebody_else_stands() -> None:
    looker, _ = _looker()
    looker.look(blank(), [person(1, (2.0, 100.0, 42.0, 200.0)), person(2, (300.0, 100.0, 340.0, 200.0))], 0.0)
    reading = looker.look(blank(), [person(3, (302.0, 102.0, 342.0, 202.0))], 0.2)
    assert reading.ids.tolist() == [3]
    assert reading.failed.tolist() == []


def test_a_person_now_called_a_thing_is_still_looked_at() -> None:
    looker, _ = _looker()
    looker.look(blank(), _row(1), 0.0)
    assert looker.look(blank(), [person(1, (60.0, 210.0, 160.0, 250.0), "bench")], 0.2).ids.tolist() == [1]
