"""Sound in the time of its pictures, through late starts, drift, jumps, loops and reconnects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from detection.audio.chunk import RATE, AudioChunk
from detection.audio.rolling import Rolling
from detection.sources.clock import StreamClock
from detection.sources.decoder import Sound
from detection.sources.sound_clock import MAX_WAITING_S, SoundClock

STEP = 0.04


@dataclass
class Camera:
    """A camera's pictures and sound, 25 of each a second, on a wall clock that the test moves."""

    live: bool = True
    wall_s: float = 1000.0
    chunks: list[AudioChunk] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = StreamClock(live=self.live)
        self.sound = SoundClock(self.clock, live=self.live, hand_out=self.chunks.append, now=lambda: self.wall_s)

    def connect(self) -> None:
        self.clock.restart(25.0)
        self.sound.restart()

    def hear(self, pts_s: float) -> None:
        self.sound.put(Sound(pts_s, np.ones(round(STEP * RATE), np.float32)))

    def see(self, pts_s: float | None) -> float:
        at_s = self.clock.at(pts_s, self.wall_s)
        self.sound.release(at_s, self.wall_s)
        self.wall_s += STEP
        return at_s

    def times(self) -> list[float]:
        return [round(chunk.at_s, 3) for chunk in self.chunks]


def test_sound_and_pictures_share_one_origin() -> None:
    camera = Camera()
    camera.connect()
    for index in range(5):
        camera.hear(70.0 + index * STEP)
        camera.see(70.0 + index * STEP)
    assert camera.times() == [0.0, 0.04, 0.08, 0.12], "the newest waits for the picture after it"
    assert (camera.sound.anchored, camera.sound.lost) == (0, 0)


def test_sound_from_before_the_first_picture_is_left_out() -> None:
    camera = Camera()
    camera.connect()
    for index in range(50):
        camera.hear(index * STEP)
        camera.wall_s += STEP
    camera.see(1.99)
    camera.see(2.03)
    assert camera.times() == [0.0], "and what lies across it is cut"
    assert camera.chunks[0].seconds == pytest.approx(0.01)
    assert camera.sound.anchored == 0


def test_a_live_cameras_sound_that_drifts_is_anchored_anew_and_again() -> None:
    camera, apart = Camera(), []
    camera.connect()
    for index in range(2500):
        before = len(camera.chunks)
        camera.hear(index * STEP * 1.05)
        at_s = camera.see(index * STEP)
        apart += [chunk.at_s - at_s for chunk in camera.chunks[before:]]
    # 5 % of 100 s are 5 s; every 1.5 s of them it is brought back, and until then it waits for its time.
    assert camera.sound.anchored == 3
    assert min(apart) >= -1.5
    assert max(apart) < 0.0
    assert camera.sound.lost == 0


def test_sound_that_falls_behind_is_anchored_anew_too() -> None:
    camera = Camera()
    camera.connect()
    for index in range(2500):
        camera.hear(index * STEP * 0.95)
        camera.see(index * STEP)
    assert camera.sound.anchored == 3
    rolling = Rolling()
    for chunk in camera.chunks:
        rolling.add(chunk)
    assert rolling.jumps == 3
    assert rolling.end_s == pytest.approx(100.0, abs=1.6)


def test_a_camera_whose_whole_clock_jumps_keeps_sound_with_pictures() -> None:
    camera = Camera()
    camera.connect()
    for index in range(100):
        jump_s = 0.0 if index < 50 else 3600.0
        camera.hear(index * STEP + jump_s)
        camera.see(index * STEP + jump_s)
    assert camera.times()[-1] == pytest.approx(98 * STEP)
    assert camera.times() == sorted(camera.times())
    assert camera.sound.anchored <= 2


def test_pictures_without_times_anchor_the_sound_where_it_arrives() -> None:
    camera = Camera()
    camera.connect()
    for index in range(100):
        camera.hear(500.0 + index * STEP)
        camera.see(None)
    assert camera.sound.anchored == 1
    assert camera.times()[-1] == pytest.approx(98 * STEP, abs=0.05)


def test_a_reconnect_leaves_the_old_connections_sound_behind() -> None:
    camera = Camera()
    camera.connect()
    camera.hear(10.0)
    camera.see(10.0)
    camera.see(10.04)
    camera.hear(10.04)
    camera.wall_s += 20.0
    camera.connect()
    for index in range(3):
        camera.hear(index * STEP)
        camera.see(0.02 + index * STEP)
    assert camera.times() == [0.0, 20.08, 20.1, 20.14]
    assert camera.chunks[1].seconds == pytest.approx(0.02)


def test_a_slow_cameras_sound_is_not_taken_for_drift() -> None:
    camera = Camera()
    camera.connect()
    for second in range(0, 60, 5):
        camera.see(float(second))
        for index in range(125):
            camera.hear(second + index * STEP)
            camera.wall_s += STEP if index else 0.0
    assert camera.sound.anchored == 0
    assert len(camera.chunks) == 11 * 125


def test_sound_far_ahead_in_a_file_waits_up_to_a_minute() -> None:
    camera = Camera(live=False)
    camera.connect()
    camera.see(0.0)
    for index in range(1600):
        camera.hear(index * STEP)
    assert camera.sound.lost == 100
    camera.see(10.0)
    assert (camera.times()[0], camera.times()[-1], camera.sound.anchored) == (4.0, 9.96, 0)
    assert MAX_WAITING_S == 1500 * STEP


def test_quiet_is_said_after_a_while_and_not_before() -> None:
    camera = Camera()
    assert camera.sound.quiet(9.0) == ""
    camera.connect()
    camera.see(0.0)
    assert (camera.sound.quiet(5.0), camera.sound.quiet(5.1)) == (
        "",
        "No sound has come for 5 s or more, while the pictures go on.",
    )
    camera.wall_s += 5.0
    camera.hear(5.0)
    camera.see(5.2)
    assert camera.sound.quiet(9.0) == ""
