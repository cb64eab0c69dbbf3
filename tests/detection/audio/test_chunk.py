"""Sound of any kind becomes 16 kHz, one channel, −1 to 1, in step with the stream."""

from __future__ import annotations

import numpy as np
import pytest

from detection.audio.chunk import RATE, AudioChunk, Resampler
from detection.audio.level import SILENCE_DB, LevelMeter, level_db
from detection.audio.rolling import Rolling
from tests.detection.audio.sounds import chunks, frame, noise, tone


def converted(samples: np.ndarray, rate: int, layout: str, form: str = "flt") -> np.ndarray:
    resampler = Resampler()
    found = [*resampler.chunks(frame(samples, rate, layout, form), 3.0), *resampler.chunks(None, 4.0)]
    return np.concatenate([chunk.samples for chunk in found])


@pytest.mark.parametrize(
    ("rate", "layout", "channels"), [(96_000, "mono", 1), (48_000, "7.1", 8), (8_000, "stereo", 2)]
)
def test_any_rate_and_number_of_channels_keeps_its_length_and_pitch(rate, layout, channels):
    wave = 0.25 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    made = converted(np.tile(wave, (channels, 1)), rate, layout)
    assert made.dtype == np.float32
    assert abs(len(made) - RATE) <= 32
    spectrum = np.abs(np.fft.rfft(made[:RATE]))
    assert abs(int(spectrum.argmax()) - 440) <= 1


def test_whole_numbers_and_what_is_not_finite():
    loud = np.full((1, 1600), 32767, np.int16)
    assert AudioChunk(converted(loud, RATE, "mono", "s16"), 0.0).clipped > 0.9
    broken = np.zeros((1, 1600), np.float32)
    broken[0, ::2] = np.nan
    assert np.isfinite(converted(broken, RATE, "mono")).all()
    assert AudioChunk(np.zeros(0, np.float32), 0.0).clipped == 0.0


def test_the_last_seconds_are_kept_and_older_ones_leave():
    rolling = Rolling()
    for chunk in chunks(np.arange(3 * RATE, dtype=np.float32)):
        rolling.add(chunk)
    assert rolling.end_s == pytest.approx(3.0)
    assert rolling.last(0.5).tolist() == list(range(int(2.5 * RATE), 3 * RATE))
    assert (len(rolling.last(9.0)), rolling.last(9.0)[0], rolling.jumps) == (2 * RATE, RATE, 0)


def test_sound_that_starts_late_or_breaks_off_is_silence_in_between():
    rolling = Rolling()
    rolling.add(AudioChunk(np.ones(RATE, np.float32), 40.0))
    assert rolling.last(2.0)[:RATE].max() == 0.0
    rolling.add(AudioChunk(np.ones(RATE // 2, np.float32), 42.0))
    assert rolling.jumps == 1
    assert rolling.last(1.5)[:RATE].max() == 0.0
    assert rolling.last(0.5).min() == 1.0


def test_clocks_that_drift_are_followed_and_a_jump_back_starts_anew():
    rolling = Rolling()
    for index in range(600):
        rolling.add(AudioChunk(np.ones(1600, np.float32), index * 0.101))
    assert rolling.jumps == 0
    assert rolling.last(2.0).min() == 1.0
    rolling.add(AudioChunk(np.ones(1600, np.float32), 1.0))
    assert (rolling.jumps, rolling.end_s) == (1, pytest.approx(1.1))
    assert rolling.last(2.0)[: 2 * RATE - 1600].max() == 0.0


def test_levels_are_decibels_of_full_scale():
    assert level_db(tone(1.0, 1.0)) == pytest.approx(-3.01, abs=0.01)
    assert level_db(np.zeros(100, np.float32)) == level_db(np.zeros(0, np.float32)) == SILENCE_DB


def judged(levels: list[float]) -> list[float]:
    meter = LevelMeter()
    return [meter.judge(level, index * 0.5)[0] for index, level in enumerate(levels)]


def test_a_sudden_noise_stands_out_and_a_lasting_one_becomes_usual():
    quiet = [-50.0, -49.0, -51.0] * 40
    deviations = judged([*quiet, -15.0, -15.0, -15.0])
    assert max(deviations[:120]) < 1.0
    assert deviations[120] > 8.0
    assert deviations[121] == 0.0, "it is no longer sudden"
    assert max(judged([*quiet, -80.0])[120:]) == 0.0, "silence is not loud"


def test_little_known_judges_nothing():
    assert max(judged([-60.0] * 10 + [-5.0])) == 0.0
    part = LevelMeter().judge(level_db(noise(0.5)), 0.0)[1]
    assert (part.name, part.deviation) == ("sound_level", 0.0)
