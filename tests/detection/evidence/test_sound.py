"""The sound of an event: kept for a while, cut to the clip, and in step with its pictures."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from detection.audio.chunk import RATE, AudioChunk
from detection.evidence import write_clip
from detection.evidence.sound import SoundRing
from detection.types import Frame
from tests.detection.evidence.frames import encoded

EMPTY = np.zeros((2, 2, 3), np.uint8)


def chunk(at_s: float, value: float, seconds: float = 0.5) -> AudioChunk:
    return AudioChunk(np.full(round(seconds * RATE), value, np.float32), at_s)


def seen(ring: SoundRing, at_s: float = 0.0, captured_at: float = 1000.0) -> None:
    ring.see(Frame(EMPTY, 0, at_s, captured_at))


def test_sound_is_found_by_the_time_of_the_pictures_with_silence_in_its_gaps():
    ring = SoundRing(10.0)
    seen(ring)
    for at_s, value in ((0.0, 0.25), (0.5, 0.5), (2.0, 1.0)):
        ring.add(chunk(at_s, value))
    heard = ring.between(1000.25, 1002.25)
    assert heard is not None
    assert heard.dtype == np.int16
    halves = [heard[round(s * RATE)] for s in (0.0, 0.25, 0.749, 0.75, 1.74, 1.75, 1.999)]
    assert halves == [8192, 16384, 16384, 0, 0, 32767, 32767]
    assert len(heard) == 2 * RATE


def test_only_the_newest_seconds_are_kept():
    ring = SoundRing(2.0)
    seen(ring)
    for n in range(100):
        ring.add(chunk(n / 2, 0.1))
    assert ring.between(1000.0, 1040.0) is None
    kept = ring.between(1040.0, 1050.0)
    assert kept is not None
    assert np.count_nonzero(kept) == round(2.5 * RATE)


def test_a_camera_without_sound_or_pictures_has_none():
    ring = SoundRing(10.0)
    assert ring.between(0.0, 1.0) is None
    ring.add(chunk(0.0, 0.1))
    assert ring.between(0.0, 1.0) is None
    seen(ring)
    assert ring.between(900.0, 901.0) is None


def test_a_late_picture_hardly_moves_the_sound_and_a_set_clock_does():
    ring = SoundRing(10.0)
    seen(ring)
    seen(ring, 1.0, 1001.4)
    ring.add(chunk(2.0, 0.5))
    heard = ring.between(1002.0, 1003.0)
    assert heard is not None
    assert int(np.flatnonzero(heard)[0]) == round(0.04 * RATE)
    seen(ring, 3.0, 5003.0)
    assert ring.between(1002.0, 1003.0) is None
    assert ring.between(5002.0, 5003.0) is not None


def test_sound_that_starts_anew_leaves_the_old_behind():
    ring = SoundRing(10.0)
    seen(ring)
    ring.add(chunk(5.0, 0.5))
    ring.add(chunk(1.0, 0.5))
    assert ring.between(1005.0, 1005.5) is None
    assert ring.between(1001.0, 1001.5) is not None


def test_a_clip_is_heard_when_its_pictures_show_it(tmp_path: Path):
    frames = [encoded(n) for n in range(40)]
    sound = np.zeros(4 * RATE, np.int16)
    burst = np.arange(RATE) / RATE
    sound[2 * RATE : 3 * RATE] = (12_000 * np.sin(2 * np.pi * 440.0 * burst)).astype(np.int16)
    info = write_clip(frames, tmp_path / "clip.mp4", 10.0, sound)
    assert (info.frames, info.duration_s) == (40, pytest.approx(4.0))
    with av.open(str(info.path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("aac", RATE, 1)
        pieces = [(frame.time, frame.to_ndarray().reshape(-1)) for frame in container.decode(stream)]
    loud = [time for time, samples in pieces if np.abs(samples).max() > 0.1]
    assert 1.9 <= loud[0] <= 2.05
    assert 2.9 <= loud[-1] <= 3.1
    with av.open(str(info.path)) as container:
        order = [packet.stream.type for packet in container.demux() if packet.size]
    # Both kinds all along the file, not one after the other.
    assert order[: len(order) // 2].count("audio") == pytest.approx(order.count("audio") / 2, abs=3)


def test_a_clip_of_less_sound_than_pictures_and_one_of_none_are_whole(tmp_path: Path):
    frames = [encoded(n) for n in range(20)]
    short = write_clip(frames, tmp_path / "short.mp4", 10.0, np.full(100, 5, np.int16))
    mute = write_clip(frames, tmp_path / "mute.mp4", 10.0)
    for info, streams in ((short, 1), (mute, 0)):
        with av.open(str(info.path)) as container:
            assert (len(container.streams.audio), len(list(container.decode(video=0)))) == (streams, 20)
