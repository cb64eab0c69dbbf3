"""The small parts of a source, each alone."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from detection.sources.backoff import Backoff
from detection.sources.clock import StreamClock
from detection.sources.pace import Pace
from detection.sources.picture_health import PictureHealth
from detection.sources.slot import FrameSlot
from detection.types import Frame, Image


def test_backoff_doubles_up_to_the_longest_and_begins_again() -> None:
    backoff = Backoff(1.0, 30.0, lambda: 1.0)
    assert [backoff.next_s() for _ in range(7)] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    backoff.reset()
    assert backoff.next_s() == 1.0
    assert backoff.next_s(slowly=True) == 30.0
    assert Backoff(1.0, 30.0, lambda: 0.0).next_s() == 0.75


def test_backoff_survives_years_of_failures() -> None:
    backoff = Backoff(1.0, 30.0, lambda: 1.0)
    assert {backoff.next_s() for _ in range(5000)} == {1.0, 2.0, 4.0, 8.0, 16.0, 30.0}


def test_a_live_clock_follows_the_stream_and_fills_gaps_from_the_wall() -> None:
    clock = StreamClock(live=True)
    clock.restart(25.0)
    assert [clock.at(pts, wall) for pts, wall in [(100.0, 50.0), (100.04, 50.3), (100.08, 50.31)]] == pytest.approx(
        [0.0, 0.04, 0.08]
    )
    clock.restart(25.0)
    assert clock.at(0.0, 60.0) == pytest.approx(10.0)
    assert clock.at(0.04, 60.01) == pytest.approx(10.04)


def test_a_camera_whose_clock_jumps_is_anchored_again() -> None:
    clock = StreamClock(live=True)
    clock.restart(25.0)
    clock.at(0.0, 0.0)
    assert clock.at(3600.0, 0.04) == pytest.approx(0.04)
    assert clock.at(0.5, 0.08) == pytest.approx(0.08)
    assert clock.at(0.54, 0.12) == pytest.approx(0.12)


def test_a_file_whose_timestamps_jump_goes_on_one_frame_later() -> None:
    clock = StreamClock(live=False)
    clock.restart(25.0)
    seen = [clock.at(pts, 0.0) for pts in (5.0, 5.04, 35.0, 9000.0, 9000.04, 2.0)]
    assert seen == pytest.approx([0.0, 0.04, 30.0, 30.04, 30.08, 30.12])


def test_a_stream_without_timestamps_uses_the_wall() -> None:
    clock = StreamClock(live=True)
    clock.restart(0.0)
    times = [clock.at(None, wall) for wall in (7.0, 7.1, 7.1, 7.2)]
    assert times[:2] == pytest.approx([0.0, 0.1])
    assert times == sorted(set(times))


def test_a_thinned_stream_keeps_its_mean_rate() -> None:
    pace = Pace(10.0, threading.Event())
    assert sum(pace.wants(index / 25) for index in range(2500)) == 1000


def test_no_limit_wants_every_picture() -> None:
    pace = Pace(None, threading.Event())
    assert all(pace.wants(index / 25) for index in range(100))


def noisy(seed: int, level: float, spread: float) -> Image:
    noise = np.random.default_rng(seed).normal(0, spread, (480, 640, 3))
    ramp = np.linspace(0, 120, 640)[None, :, None]
    return np.clip(level + ramp + noise, 0, 255).astype(np.uint8)


def test_the_noise_of_a_quiet_scene_is_no_frozen_picture() -> None:
    health = PictureHealth(frozen_after_s=10.0, blind_after_s=3.0)
    assert {health.look(noisy(index, 60, 1.5), index * 1.0) for index in range(30)} == {"online"}


def test_the_same_picture_is_frozen_after_its_time_and_online_at_the_first_other() -> None:
    health = PictureHealth(frozen_after_s=10.0, blind_after_s=3.0)
    same = noisy(1, 60, 1.5)
    assert [health.look(same, at) for at in (0.0, 9.9, 10.0, 11.0)] == ["online", "online", "frozen", "frozen"]
    assert health.look(noisy(2, 60, 1.5), 11.1) == "online"


def test_one_small_thing_that_moves_is_no_frozen_picture() -> None:
    health = PictureHealth(frozen_after_s=2.0, blind_after_s=3.0)
    seen = set()
    for index in range(20):
        image = noisy(1, 60, 1.5)
        image[200:224, index * 24 : index * 24 + 16] = 255
        seen.add(health.look(image, float(index)))
    assert seen == {"online"}


def test_a_uniform_picture_is_blind_after_its_time() -> None:
    health = PictureHealth(frozen_after_s=10.0, blind_after_s=3.0)
    rng = np.random.default_rng(5)
    dark = [rng.integers(8, 14, (480, 640, 3)).astype(np.uint8) for _ in range(4)]
    assert [health.look(image, at) for image, at in zip(dark, (0.0, 2.9, 3.0, 4.0), strict=True)] == [
        "online",
        "online",
        "blind",
        "blind",
    ]
    assert health.look(noisy(1, 60, 1.5), 4.1) == "online"


def frame(index: int) -> Frame:
    return Frame(image=np.zeros((2, 2, 3), np.uint8), index=index, at_s=index / 10, captured_at=index / 10)


def test_a_waiting_consumer_gets_the_frame_and_nothing_is_dropped() -> None:
    slot = FrameSlot()
    got: list[Frame | None] = []
    consumer = threading.Thread(target=lambda: got.append(slot.next(-1, 10.0)))
    consumer.start()
    slot.put(frame(0))
    consumer.join(10)
    assert [taken.index for taken in got if taken] == [0]
    assert slot.dropped == 0
    slot.put(frame(1))
    slot.put(frame(2))
    assert slot.dropped == 1


def test_closing_wakes_a_waiting_consumer() -> None:
    slot = FrameSlot()
    got: list[Frame | None] = []
    consumer = threading.Thread(target=lambda: got.append(slot.next(-1, 60.0)))
    consumer.start()
    slot.close()
    consumer.join(10)
    assert got == [None]
