"""Make and read sound for the tests."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from detection.audio.chunk import RATE, AudioChunk, Resampler, Samples


def tone(seconds: float, amplitude: float = 0.3, hertz: float = 440.0) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def noise(seconds: float, amplitude: float = 0.002, seed: int = 1) -> Samples:
    return (amplitude * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def chunks(samples: Samples, start_s: float = 0.0, seconds: float = 0.1) -> list[AudioChunk]:
    """Cut sound as a decoder hands it out."""
    step = round(seconds * RATE)
    return [AudioChunk(samples[i : i + step], start_s + i / RATE) for i in range(0, len(samples), step)]


def read(path: Path) -> Samples:
    """Return a file's sound as a camera's would arrive."""
    resampler, found = Resampler(), []
    with av.open(str(path), metadata_errors="ignore") as container:
        for frame in container.decode(audio=0):
            found += resampler.chunks(frame, 0.0)
        found += resampler.chunks(None, 0.0)
    return np.concatenate([chunk.samples for chunk in found])


def frame(samples: np.ndarray, rate: int, layout: str, form: str = "flt") -> av.AudioFrame:
    """Return a decoded frame; samples: (channels, n)."""
    made = av.AudioFrame.from_ndarray(samples.T.reshape(1, -1).copy(), format=form, layout=layout)
    made.sample_rate = rate
    return made
