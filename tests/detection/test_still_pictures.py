"""On a still picture nothing moves and nothing is measured; the next moved one is measured from the last of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.score.base import reading_of
from detection.score.normality.flow import BANDS
from detection.score.normality.observe import Observer, observation_of
from tests.detection.learned.models import scene
from tests.detection.scenes import HEIGHT, WIDTH, track

RNG = np.random.default_rng(1)
WIDE = np.repeat(
    np.kron(RNG.integers(0, 255, (HEIGHT // 8, WIDTH // 8 + 2), np.uint8), np.ones((8, 8), np.uint8))[..., None],
    3,
    axis=2,
)
HERE, THERE = WIDE[:, :WIDTH], WIDE[:, 4 : WIDTH + 4]
WALKER = track(1, (100.0, 60.0, 140.0, 160.0))


def after_a_pause(seconds: float, gap_s: float = 0.0):
    """Return the observation of a picture 4 px further, after a still pause, a gap without pictures, and 0.2 s."""
    observer = Observer()
    observer.read(scene(0.0, image=HERE))
    stills = range(1, int(seconds / 0.2) + 1)
    for step in stills:
        observer.read(replace(scene(step * 0.2, image=HERE), moved=False))
    return observation_of(reading_of(observer, scene(len(stills) * 0.2 + gap_s + 0.2, (WALKER,), THERE)))


@pytest.mark.parametrize("pause_s", [0.0, 0.6, 10.0])
def test_motion_after_a_pause_is_that_of_one_frame(pause_s):
    (walker,) = after_a_pause(pause_s).objects
    assert walker.speed_px_s == pytest.approx(4 / 0.2, rel=0.1)


def test_after_a_gap_nothing_is_made_up():
    observation = after_a_pause(0.6, gap_s=2.0)
    assert observation.bands is None
    assert observation.objects[0].speed_px_s is None


def test_a_still_picture_has_no_motion_and_is_not_measured(monkeypatch):
    observer = Observer()
    observer.read(scene(0.0, image=HERE))
    monkeypatch.setattr(observer._flow, "measure", None)
    reading = reading_of(observer, replace(scene(0.2, (WALKER,), HERE), moved=False))
    observation = observation_of(reading)
    assert observation.objects[0].speed_px_s == 0.0
    assert np.array_equal(observation.bands, np.zeros(BANDS))
