"""A camera that was turned or zoomed is noticed; light, noise, people and a lorry in front of it are not that."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detection.detect.builtin import BuiltinDetector
from detection.features import FeatureExtractor
from detection.score.base import Scene, reading_of
from detection.score.living import LivingBaseline
from detection.score.living.view import HEIGHT, WIDTH, ViewWatch, likeness, thumb_of
from detection.synthetic import plaza_frames
from detection.track import DeepSortTracker
from tests.shared_data import shared

KNOWN = (0.1, 0.1, 0.8)


def crop(image, left: float, top: float, share: float):
    """Return a part of a picture at full size: a camera that looks there, at that zoom."""
    height, width = image.shape[:2]
    x, y, w, h = round(width * left), round(height * top), round(width * share), round(height * share)
    return cv2.resize(image[y : y + h, x : x + w], (width, height))


@pytest.fixture(scope="module")
def plaza():
    return [image for image, _ in plaza_frames(seed=7, seconds=40.0, fps=1.0)]


def moved_at(views) -> list[int]:
    watch = ViewWatch(moved_s=20.0)
    return [at for at, image in enumerate(views) if watch.moved(thumb_of(image), float(at))]


def after_twelve(plaza, change):
    known = [crop(image, *KNOWN) for image in plaza]
    return known[:12] + [change(image) for image in plaza[12:]]


@pytest.mark.parametrize(
    "view", [(0.14, 0.1, 0.8), (0.1, 0.18, 0.8), (0.0, 0.0, 0.8), (0.14, 0.14, 0.72), (0.25, 0.25, 0.5), (0, 0, 1)]
)
def test_a_turn_of_a_twentieth_of_the_picture_and_a_zoom_of_a_tenth_are_noticed_after_twenty_seconds(plaza, view):
    assert moved_at(after_twelve(plaza, lambda image: crop(image, *view))) == [32]


def lorry(image):
    image = image.copy()
    height, width = image.shape[:2]
    image[height // 4 :, width // 4 : width * 4 // 5] = (90, 120, 140)
    image[height // 4 + 20 : height // 2, width // 4 + 30 : width // 2] = (30, 30, 30)
    return image


@pytest.mark.parametrize(
    "change",
    [
        lambda view: view,
        lambda view: (view * 0.5).astype(np.uint8),
        lambda view: (view * 0.2).astype(np.uint8),
        lambda view: np.clip(view * 1.6, 0, 255).astype(np.uint8),
        lambda view: (255 * (view / 255.0) ** 2.2).astype(np.uint8),
        lambda view: np.clip(view * np.linspace(0.2, 1.2, view.shape[1])[None, :, None], 0, 255).astype(np.uint8),
        lambda view: np.clip(view + np.random.default_rng(1).normal(0, 15, view.shape), 0, 255).astype(np.uint8),
        lambda view: np.zeros_like(view),
        lambda view: np.full_like(view, 255),
        lambda view: np.random.default_rng(int(view.sum())).integers(0, 255, view.shape).astype(np.uint8),
        lorry,
    ],
    ids=["same", "half", "fifth", "bright", "gamma", "sidelight", "noise", "black", "white", "static", "lorry"],
)
def test_light_noise_and_what_stands_in_front_are_no_move(plaza, change):
    assert moved_at(after_twelve(plaza, lambda image: change(crop(image, *KNOWN)))) == []


def test_a_view_that_comes_back_within_twenty_seconds_is_no_move(plaza):
    known = [crop(image, *KNOWN) for image in plaza]
    away = [crop(image, 0.0, 0.0, 0.6) for image in plaza]
    assert moved_at(known[:12] + away[12:30] + known[30:]) == []


def test_a_view_is_new_only_once(plaza):
    away = [crop(image, 0.0, 0.0, 0.6) for image in plaza]
    assert moved_at([crop(image, *KNOWN) for image in plaza[:12]] + away + away) == [32]


def test_a_thumbnail_is_small_and_light_changes_nothing_in_it(plaza):
    thumb = thumb_of(plaza[0])
    assert (thumb.shape, thumb.dtype) == ((HEIGHT, WIDTH), np.uint8)
    dim = thumb_of((plaza[0] * 0.5).astype(np.uint8))
    assert likeness(thumb.astype(np.float32), dim.astype(np.float32)) > 0.95
    assert likeness(np.zeros((HEIGHT, WIDTH), np.float32), thumb.astype(np.float32)) is None


def test_what_was_known_of_a_view_comes_back(plaza):
    one, other = ViewWatch(20.0), ViewWatch(20.0)
    for at, image in enumerate(plaza[:15]):
        one.moved(thumb_of(image), float(at))
    other.restore(*one.state())
    away = [crop(image, 0.0, 0.0, 0.6) for image in plaza[:25]]
    assert [other.moved(thumb_of(image), 15.0 + at) for at, image in enumerate(away)].count(True) == 1
    other.forget()
    assert other.state()[1] == 0


@pytest.mark.parametrize("name", ["opencv_vtest_480x360.avi", "furg_house6.mp4", "aboda_video4.avi"])
def test_people_who_pass_on_real_footage_are_no_move_and_a_turn_is(name):
    clip = cv2.VideoCapture(str(shared(f"videos/{name}")))
    views = [clip.read()[1] for _ in range(600)][::12]
    clip.release()
    known = [crop(image, *KNOWN) for image in views]
    assert moved_at(known) == []
    assert moved_at(known[:15] + [crop(image, 0.2, 0.05, 0.8) for image in views[15:]]) == [35]


def test_a_baseline_forgets_when_its_camera_was_moved_and_says_so(plaza):
    baseline, detector, tracker, extractor = LivingBaseline(), BuiltinDetector(), DeepSortTracker(), FeatureExtractor()
    phases = []
    for at, image in enumerate([crop(i, *KNOWN) for i in plaza[:12]] + [crop(i, 0.0, 0.2, 0.7) for i in plaza[:25]]):
        tracks = tuple(tracker.update(image, detector.detect([image], ["a"])[0], float(at)))
        features = extractor.extract(tracks, image.shape[:2], float(at))
        baseline.judge(reading_of(baseline, Scene(image, tracks, features, float(at), 1_700_438_400.0 + at)))
        phases.append(baseline.status.phase)
    assert phases.index("relearning") == 32
    assert baseline.status.since == 1_700_438_432.0
    assert baseline.status.message.startswith("The camera was moved or re-zoomed, on 2023-11-20 at 00:00 UTC. ")


def test_the_view_is_read_once_a_second_and_not_of_a_still_picture(plaza):
    baseline = LivingBaseline()
    features = FeatureExtractor().extract([], (480, 640), 0.0)
    read = [baseline.read(Scene(plaza[0], (), features, step * 0.2, step * 0.2, moved=step < 8)) for step in range(20)]
    assert [step for step, seen in enumerate(read) if "view" in seen] == [0, 5]
    assert (read[0]["view"].shape, read[0]["view"].dtype) == ((HEIGHT, WIDTH), np.uint8)
