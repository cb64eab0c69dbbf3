"""An intruder glides in over the edge at its pace, behind who stands nearer, and counts from its first pixel."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.intruders import ENTERS_AT, Altered, Cutout, walkers_pace
from detection.evaluate.ped2 import Clip
from detection.evaluate.watching import Watched
from detection.score.normality.model import Line
from detection.score.normality.observe import Observation, Seen

SIZE = (60, 100)
FRAMES = 50
EMPTY = np.full((*SIZE, 3), 120, np.uint8)


def person(box: tuple[float, float, float, float], track_id: int = 1) -> Seen:
    return Seen(track_id, "person", 0.9, box, None)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, ...]:
    """Return the pictures of an empty place in which somebody dark stands at columns 40 to 49."""
    image = EMPTY.copy()
    image[20:50, 40:50] = 30
    paths = tuple(tmp_path / f"{index:03d}.png" for index in range(FRAMES))
    for path in paths:
        cv2.imwrite(str(path), image)
    return paths


def altered(pictures: tuple[Path, ...], *, from_left: bool, foot_y: float) -> Altered:
    """Return a clip into which a white block of ten by twenty pixels glides, two pixels a frame."""
    alpha = np.zeros((26, 16), np.float32)
    alpha[3:23, 3:13] = 1.0
    standing = Observation(0.0, SIZE[0], (person((40.0, 20.0, 49.0, 49.0)),), None, SIZE[1])
    return Altered(
        name="a",
        pictures=pictures,
        cutout=Cutout(np.full((26, 16, 3), 250, np.uint8), alpha, foot_y),
        from_left=from_left,
        speed_px_s=20.0,
        people=(standing,) * FRAMES,
        empty=EMPTY,
    )


@pytest.mark.parametrize("from_left", [True, False])
def test_it_enters_with_one_pixel_and_goes_at_its_pace(pictures, from_left):
    clip = altered(pictures, from_left=from_left, foot_y=45.0)
    columns = []
    for frame in clip.frames():
        white = np.flatnonzero((frame.image[..., 0] == 250).any(axis=0))
        columns.append(white if from_left else SIZE[1] - 1 - white[::-1])
    assert [c.size for c in columns[: ENTERS_AT + 3]] == [0] * ENTERS_AT + [1, 3, 5]
    assert (columns[ENTERS_AT + 10][0], columns[ENTERS_AT + 10][-1]) == (11, 20)
    assert list(np.flatnonzero(clip.shown())[[0, -1]]) == [ENTERS_AT, FRAMES - 1]


def test_who_stands_nearer_hides_it(pictures):
    behind, before = (altered(pictures, from_left=True, foot_y=foot_y) for foot_y in (45.0, 55.0))
    there = ENTERS_AT + 24
    for clip, dark in ((behind, 30), (before, 250)):
        image = list(clip.frames())[there].image
        assert set(image[35, 40:49, 0].tolist()) == {dark}


def test_the_pace_of_walkers_is_that_of_most_who_move():
    def frame(index: int) -> Observation:
        ways = {1: 2.0, 2: 2.0, 3: 6.0, 4: 0.0}
        boxes = [person((10 + way * index, 0.0, 20 + way * index, 40.0), key) for key, way in ways.items()]
        return Observation(index / 10, SIZE[0], tuple(boxes), None)

    watched = Watched(Clip("a", ()), tuple(frame(index) for index in range(20)), 0.0, 0.0)
    assert walkers_pace([watched], Line(0.0, 40.0, 8.0)) == pytest.approx(0.5)
