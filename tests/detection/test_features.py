"""The 24 features have exact values for known tracks, and stay finite for none."""

from __future__ import annotations

from dataclasses import replace
from math import hypot, isfinite

import pytest

from detection.features import FEATURES, FeatureExtractor, tags_of
from tests.detection.scenes import track

SIZE = (300, 400)
DIAGONAL = 500.0
NAMES = (
    "num_people num_objects avg_speed_px max_speed_px avg_accel_px fast_ratio loiter_ratio stationary_ratio "
    "min_person_obj_px min_inter_person_px avg_inter_person_px min_person_obj_norm min_inter_person_norm "
    "avg_inter_person_norm mean_track_age median_track_age max_track_age person_conf_mean person_conf_max "
    "object_conf_mean object_conf_max grid_mean grid_max grid_std"
)


def test_the_names_are_the_documented_24_in_order():
    assert tuple(NAMES.split()) == FEATURES
    assert len(FEATURES) == 24


def test_an_empty_picture_has_zeros_and_the_diagonal_as_distance():
    values = FeatureExtractor().extract([], SIZE, 0.0).as_dict()
    far = {name: value for name, value in values.items() if value != 0.0}
    assert far == {
        "min_person_obj_px": DIAGONAL,
        "min_inter_person_px": DIAGONAL,
        "avg_inter_person_px": DIAGONAL,
        "min_person_obj_norm": 1.0,
        "min_inter_person_norm": 1.0,
        "avg_inter_person_norm": 1.0,
    }


def test_three_people_and_a_bag():
    tracks = [
        track(1, (0, 0, 20, 60), velocity=(30.0, 40.0), age_s=2.0),
        track(2, (30, 40, 50, 100), age_s=4.0),
        track(3, (300, 240, 320, 300), velocity=(100.0, 0.0), age_s=12.0),
        track(4, (310, 270, 330, 290), label="backpack", age_s=6.0),
    ]
    f = FeatureExtractor().extract(tracks, SIZE, 0.0)
    assert (f.num_people, f.num_objects) == (3.0, 1.0)
    assert (f.avg_speed_px, f.max_speed_px, f.avg_accel_px) == (50.0, 100.0, 0.0)
    assert f.fast_ratio == pytest.approx(1 / 3)  # 100 px/s at 60 px tall; 50 px/s is a walk
    assert f.min_inter_person_px == 50.0
    assert f.avg_inter_person_px == pytest.approx((50.0 + hypot(300, 240) + hypot(270, 200)) / 3)
    assert f.min_inter_person_norm == 0.1
    assert f.min_person_obj_px == pytest.approx(hypot(10, 10))
    assert (f.mean_track_age, f.median_track_age, f.max_track_age) == (6.0, 5.0, 12.0)
    assert (f.person_conf_mean, f.object_conf_max) == (pytest.approx(0.8), 0.8)
    assert (f.grid_mean, f.grid_max) == (3 / 16, 1.0)
    assert f.grid_std == pytest.approx((3 / 16 - (3 / 16) ** 2) ** 0.5)


def test_standing_counts_after_two_seconds_and_loitering_after_six():
    extractor = FeatureExtractor()
    ratios = []
    for step in range(40):
        f = extractor.extract([track(1, (100, 100, 120, 160))], SIZE, step * 0.2)
        ratios.append((f.stationary_ratio, f.loiter_ratio))
    assert ratios.index((1.0, 0.0)) == 10
    assert ratios.index((1.0, 1.0)) == 30


def test_a_walker_neither_stands_nor_loiters():
    extractor = FeatureExtractor()
    for step in range(60):
        f = extractor.extract([track(1, (step * 5, 100, step * 5 + 20, 160), velocity=(25.0, 0.0))], SIZE, step * 0.2)
        assert (f.stationary_ratio, f.loiter_ratio) == (0.0, 0.0)


def test_acceleration_is_the_change_of_velocity_over_half_a_second():
    extractor = FeatureExtractor()
    extractor.extract([track(1, (0, 0, 20, 60), velocity=(10.0, 0.0))], SIZE, 0.0)
    f = extractor.extract([track(1, (0, 0, 20, 60), velocity=(40.0, 40.0))], SIZE, 0.5)
    assert f.avg_accel_px == 100.0


def test_every_value_stays_finite_in_a_crowd_of_odd_boxes():
    tracks = [track(i, (0.0, 0.0, 0.0, 0.0), "person" if i % 2 else "car") for i in range(100)]
    assert all(isfinite(v) for v in FeatureExtractor().extract(tracks, SIZE, 0.0).as_dict().values())


EMPTY = FeatureExtractor().extract([], SIZE, 0.0)


@pytest.mark.parametrize(
    ("values", "tags"),
    [
        ({}, ()),
        ({"loiter_ratio": 0.5, "avg_speed_px": 9.9}, ("loitering",)),
        ({"loiter_ratio": 0.49, "avg_speed_px": 9.9}, ()),
        ({"loiter_ratio": 0.5, "avg_speed_px": 10.0}, ()),
        ({"fast_ratio": 0.4}, ("rapid movement",)),
        ({"fast_ratio": 0.39}, ()),
        ({"max_speed_px": 150.0}, ("rapid movement",)),
        ({"max_speed_px": 149.0}, ()),
        ({"min_person_obj_norm": 0.03}, ("close to object",)),
        ({"min_person_obj_norm": 0.031}, ()),
        ({"grid_max": 4.0}, ("crowding",)),
        ({"grid_max": 3.0, "num_people": 7.0}, ()),
        ({"num_people": 8.0}, ("crowding",)),
        ({"num_people": 8.0, "fast_ratio": 1.0}, ("rapid movement", "crowding")),
    ],
)
def test_tags_at_their_exact_limits(values, tags):
    assert tags_of(replace(EMPTY, **values), SIZE) == tags


@pytest.mark.parametrize("fps", [2.0, 5.0, 12.5, 30.0, 60.0])
def test_standing_and_loitering_go_by_the_clock_at_every_frame_rate(fps):
    extractor, stands, loiters = FeatureExtractor(), [], []
    for step in range(int(8 * fps)):
        at_s = step / fps
        f = extractor.extract([track(1, (100, 100, 120, 160))], SIZE, at_s)
        stands += [at_s] * (f.stationary_ratio == 1.0)
        loiters += [at_s] * (f.loiter_ratio == 1.0)
    assert stands[0] == pytest.approx(2.0, abs=0.1)
    assert loiters[0] == pytest.approx(6.0, abs=0.1)
    assert loiters[-1] == pytest.approx(8.0, abs=1.01 / fps)


@pytest.mark.parametrize("fps", [5.0, 60.0])
def test_a_path_is_bounded_at_every_frame_rate(fps):
    extractor = FeatureExtractor()
    for step in range(int(10 * fps)):
        extractor.extract([track(1, (step, 100, step + 20, 160))], SIZE, step / fps)
    (path,) = extractor._paths._points.values()
    assert len(path) <= 250
    assert path[-1][0] - path[0][0] == pytest.approx(6.5, abs=0.21)
    assert path[-1][1] == int(10 * fps) - 1 + 10
