"""A row holds what was measured, in a fixed order, with its causal history."""

from __future__ import annotations

from dataclasses import replace
from math import hypot

import numpy as np
import pytest

from detection.score.base import reading_of
from detection.score.learned.columns import COLUMN_SETS, FEATURE_ORDER, VALUES, SceneColumns, value_of
from detection.score.learned.flow import FLOW_NAMES, PeopleFlow
from detection.score.learned.history import MAX_POINTS, PER_VALUE, History, history_names
from detection.score.learned.people import PEOPLE_NAMES, PeopleShapes
from tests.detection.learned.models import scene
from tests.detection.scenes import HEIGHT, WIDTH, track


def test_history_is_mean_maximum_and_spread_of_the_last_second_and_the_last_four():
    history = History()
    for at_s, value in ((0.0, 9.0), (3.0, 1.0), (3.5, 2.0)):
        history.add(np.array([value]), at_s)
    now = history.add(np.array([6.0]), 4.0)
    assert history_names(["x"]) == (
        "x", "x_mean_1s", "x_max_1s", "x_spread_1s", "x_mean_4s", "x_max_4s", "x_spread_4s",
    )  # fmt: skip
    assert now == pytest.approx([6.0, 3.0, 6.0, np.std([1, 2, 6]), 4.5, 9.0, np.std([9, 1, 2, 6])])
    assert history.add(np.array([6.0]), 4.5)[5] == 6.0, "what is older than four seconds is forgotten"


def test_history_is_bounded():
    history = History()
    for i in range(MAX_POINTS + 50):
        history.add(np.array([float(i)]), i * 0.001)
    assert len(history._points) == MAX_POINTS


def test_every_column_tells_of_one_value():
    assert len(FEATURE_ORDER) == len(set(FEATURE_ORDER)) == PER_VALUE * len(VALUES)
    assert VALUES[0] == "num_people"
    assert VALUES[24] == PEOPLE_NAMES[0]
    assert value_of("flow_camera_max_4s") == "flow_camera"
    assert all(set(columns) <= set(FEATURE_ORDER) for columns in COLUMN_SETS.values())


def test_a_value_that_is_not_finite_is_a_fault_and_named():
    broken = scene(0.0)
    broken = replace(broken, features=replace(broken.features, grid_std=float("nan")))
    with pytest.raises(ValueError, match=r"^The values grid_std of a frame are not finite\.$"):
        SceneColumns().row(reading_of(PeopleFlow(), broken))


def test_people_are_measured_in_their_own_heights():
    shapes = PeopleShapes()
    walker = track(1, (0.0, 0.0, 20.0, 40.0), velocity=(30.0, 40.0))
    beside = track(2, (10.0, 0.0, 30.0, 40.0))
    assert shapes.measure([walker, beside], 0.0) == pytest.approx((0.625, 1.25, 1 / 3, 0.25, 0.0))
    lying = track(1, (0.0, 20.0, 40.0, 40.0))
    change = np.log(41 / 21) - np.log(21 / 41)
    assert shapes.measure([lying], 0.5)[4] == pytest.approx(change / 0.5)
    assert shapes.measure([], 1.0) == (0.0, 0.0, 0.0, 10.0, 0.0)


def test_a_camera_that_moves_is_not_people_that_move():
    flow = PeopleFlow()
    rng = np.random.default_rng(1)
    wide = np.kron(rng.integers(0, 255, (HEIGHT // 8, WIDTH // 8 + 2), np.uint8), np.ones((8, 8), np.uint8))
    picture = np.repeat(wide[..., None], 3, axis=2)
    somebody = [track(1, (100.0, 60.0, 140.0, 160.0))]
    assert flow.measure(picture[:, :WIDTH], somebody, 0.0) == (0.0,) * len(FLOW_NAMES)
    moved = dict(zip(FLOW_NAMES, flow.measure(picture[:, 4 : WIDTH + 4], somebody, 0.2), strict=True))
    assert moved["flow_camera"] == pytest.approx(4 / 0.2 / hypot(WIDTH, HEIGHT), rel=0.1)
    assert moved["flow_people_max"] < 0.1 * 4 / 0.2 / 100
    assert moved["flow_pair_mean"] == 0.0


def test_motion_inside_a_person_is_measured_and_a_gap_is_no_motion():
    flow = PeopleFlow()
    rng = np.random.default_rng(2)
    texture = np.kron(rng.integers(0, 255, (10, 5), np.uint8), np.ones((8, 8), np.uint8))[..., None]
    before = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    after = before.copy()
    before[60:140, 100:140], after[60:140, 106:146] = texture, texture
    somebody = [track(1, (95.0, 55.0, 155.0, 145.0)), track(2, (200.0, 55.0, 240.0, 145.0))]
    flow.measure(before, somebody, 0.0)
    moved = dict(zip(FLOW_NAMES, flow.measure(after, somebody, 0.2), strict=True))
    assert moved["flow_people_max"] > 0.1
    assert moved["flow_people_max"] == pytest.approx(2 * moved["flow_people_mean"], rel=0.2), "the other stands still"
    assert moved["flow_camera"] == pytest.approx(0.0, abs=0.01)
    assert flow.measure(before, somebody, 9.0) == (0.0,) * len(FLOW_NAMES)


def test_a_still_picture_moves_nothing_and_costs_no_flow(monkeypatch):
    flow = PeopleFlow()
    flow.read(scene(0.0))
    monkeypatch.setattr(flow, "measure", None)
    assert flow.read(replace(scene(0.2), moved=False))["flow"].tolist() == [0.0] * len(FLOW_NAMES)


def test_after_still_pictures_motion_is_measured_from_the_last_of_them():
    """They looked like the one before, and the way since is one frame's, not that of the whole pause."""
    rng = np.random.default_rng(1)
    wide = np.kron(rng.integers(0, 255, (HEIGHT // 8, WIDTH // 8 + 2), np.uint8), np.ones((8, 8), np.uint8))
    picture = np.repeat(wide[..., None], 3, axis=2)
    flow = PeopleFlow()
    flow.read(scene(0.0, image=picture[:, :WIDTH]))
    for step in range(1, 11):
        flow.read(replace(scene(step * 0.2, image=picture[:, :WIDTH]), moved=False))
    moved = dict(zip(FLOW_NAMES, flow.read(scene(2.2, image=picture[:, 4 : WIDTH + 4]))["flow"], strict=True))
    assert moved["flow_camera"] == pytest.approx(4 / 0.2 / hypot(WIDTH, HEIGHT), rel=0.1)
