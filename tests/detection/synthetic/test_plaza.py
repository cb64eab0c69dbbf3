"""The pictures: the same for the same seed, and people where the ground truth says."""

from __future__ import annotations

import hashlib
from itertools import islice

import numpy as np
import pytest

from detection.synthetic import FrameTruth, plaza_frames
from detection.synthetic.plaza import build_plaza
from detection.types import Image
from tests.detection.synthetic.conftest import FPS, SIZE


def first_frames(seed: int, count: int = 4) -> list[tuple[Image, FrameTruth]]:
    return list(islice(plaza_frames(seed=seed, seconds=20, size=SIZE, fps=FPS), count))


def digests(frames: list[tuple[Image, FrameTruth]]) -> list[str]:
    return [hashlib.sha256(image.tobytes()).hexdigest() for image, _ in frames]


def test_same_seed_gives_identical_pictures_and_truth() -> None:
    first, second = first_frames(7), first_frames(7)
    assert digests(first) == digests(second)
    assert [truth for _, truth in first] == [truth for _, truth in second]


def test_another_seed_gives_another_clip() -> None:
    first, second = first_frames(7, 1), first_frames(8, 1)
    assert digests(first) != digests(second)
    assert first[0][1].people != second[0][1].people


def test_pictures_have_the_asked_shape_and_count() -> None:
    frames = list(plaza_frames(seed=3, seconds=20, size=(160, 120), fps=1))
    assert [image.shape for image, _ in frames] == [(120, 160, 3)] * 20
    assert {image.dtype for image, _ in frames} == {np.dtype(np.uint8)}
    assert [truth.at_s for _, truth in frames] == [float(second) for second in range(20)]


@pytest.mark.parametrize("at_s", [5.0, 28.0, 43.0, 58.0, 72.0])
def test_every_box_holds_pixels_that_differ_from_the_empty_plaza(at_s: float) -> None:
    plaza = build_plaza(7, 80, SIZE, FPS)
    image, truth = plaza.frame(round(at_s * FPS), at_s)
    change = np.abs(image.astype(int) - plaza.backdrop.image).max(axis=2)
    assert truth.people
    for box in [person.box for person in truth.people] + list(truth.events.values()):
        left, top, right, bottom = (int(edge) for edge in box)
        assert 0 <= left < right <= SIZE[0]
        assert 0 <= top < bottom <= SIZE[1]
        assert (change[top:bottom, left:right] > 20).mean() > 0.2


def test_pixels_outside_boxes_and_shadows_hardly_change() -> None:
    plaza = build_plaza(7, 80, SIZE, FPS)
    image, truth = plaza.frame(0, 0.0)
    change = np.abs(image.astype(int) - plaza.backdrop.image).max(axis=2)
    # The house fronts take no shadow; the clock is in the first rows.
    fronts = change[16:70].copy()
    for person in truth.people:
        left, top, right, bottom = (int(edge) for edge in person.box)
        fronts[max(top - 17, 0) : max(bottom - 15, 0), max(left - 1, 0) : right + 1] = 0
    assert fronts.max() <= 10


def test_a_loop_goes_on_where_it_began() -> None:
    plaza = build_plaza(7, 80, SIZE, FPS)
    _, start = plaza.frame(0, 0.0)
    _, end = plaza.frame(round(80 * FPS), 80.0 - 1e-6)
    assert [person.name for person in end.people] == [person.name for person in start.people]
    for before, after in zip(end.people, start.people, strict=True):
        assert before.box == pytest.approx(after.box, abs=1.0)


@pytest.mark.parametrize(
    ("size", "seconds", "fps", "words"),
    [
        ((641, 480), 80.0, 12.5, "641×480"),
        ((100, 80), 80.0, 12.5, "100×80"),
        ((320, 240), 5.0, 12.5, "A clip of 5 s"),
        ((320, 240), float("nan"), 12.5, "A clip of nan s"),
        ((320, 240), 80.0, 0.0, "0 frames a second"),
    ],
)
def test_what_cannot_be_rendered_is_refused(size: tuple[int, int], seconds: float, fps: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        next(plaza_frames(seconds=seconds, size=size, fps=fps))
