"""Bring sound of any kind to one form: 16 kHz, one channel, −1 to 1."""

from __future__ import annotations

from dataclasses import dataclass

import av
import av.error
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 16_000
CLIPPED = 0.999
"""A sample of so large a size was cut off by the microphone's amplifier."""


class AudioError(Exception):
    """Sound cannot be read or judged; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Some sound: samples (n,), float32, −1 to 1, at RATE; at_s: stream time of the first one in seconds."""

    samples: Samples
    at_s: float

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    @property
    def clipped(self) -> float:
        """Return the share of samples that were cut off, 0–1."""
        return float((np.abs(self.samples) >= CLIPPED).mean()) if len(self.samples) else 0.0


class Resampler:
    """Turn decoded frames of one stream into chunks, whatever their rate, channels and format. Not thread-safe."""

    def __init__(self) -> None:
        # All channels are kept, and averaged here: FFmpeg's own mix to one channel adds them up beyond full scale.
        self._resampler = av.AudioResampler("flt", None, RATE)

    def chunks(self, frame: av.AudioFrame | None, at_s: float) -> list[AudioChunk]:
        """Return the chunks of one decoded frame at stream time at_s, or what is left at the end (None).

        Values that are not finite become silence. Raises AudioError for a frame that cannot be converted.
        """
        try:
            made = self._resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as error:
            raise AudioError(f"The sound cannot be converted: {error}. Check the camera's audio encoding.") from error
        found, start = [], at_s
        for each in made:
            channels = each.to_ndarray().reshape(-1, each.layout.nb_channels).astype(np.float32)
            samples = np.nan_to_num(channels, posinf=0.0, neginf=0.0).mean(axis=1, dtype=np.float32)
            if len(samples):
                found.append(AudioChunk(np.clip(samples, -1.0, 1.0), start))
                start += len(samples) / RATE
        return found
