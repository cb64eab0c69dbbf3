"""Make clips with sound, good and bad, and read both back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from detection.audio.chunk import RATE, AudioChunk, Samples
from detection.sources import LiveSource, SourceState
from detection.types import Frame
from tests.detection.audio.sounds import noise, tone
from tests.detection.clips import numbered

FPS = 25


def beep(seconds: float, at_s: float, length_s: float = 0.5, rate: int = RATE) -> Samples:
    """Return a faint noise with one tone of 440 Hz in it, at rate samples a second."""
    made = noise(seconds * rate / RATE)
    start = round(at_s * rate)
    found = tone(length_s * rate / RATE, 0.3, 440.0 * RATE / rate)[: len(made) - start]
    made[start : start + len(found)] = found
    return made


def render_sounding(
    path: Path,
    sound: Samples,
    *,
    seconds: float = 2.0,
    codec: str = "aac",
    rate: int = RATE,
    layout: str = "mono",
    starts_s: float = 0.0,
    pictures_s: float = 0.0,
    packet: Callable[[int, av.Packet], av.Packet] = lambda index, packet: packet,
    options: dict[str, str] | None = None,
    sound_last: bool = False,
) -> Path:
    """Write a clip of numbered pictures with sound (n,), the same in all channels, that starts at starts_s.

    The pictures start at pictures_s. packet changes the encoded pieces of sound; sound_last writes it behind all
    pictures.
    """
    with av.open(str(path), "w", options=options or {}) as container:
        video = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "12"})
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        audio = container.add_stream(codec, rate=rate, layout=layout)
        channels, piece, pieces = len(audio.codec_context.layout.channels), rate // FPS, 0
        kept: list[av.Packet] = []
        for index in range(max(round(seconds * FPS), -(-len(sound) // piece))):
            if index < round(seconds * FPS):
                picture = av.VideoFrame.from_ndarray(numbered(index), format="bgr24")
                picture.pts, picture.time_base = index + round(pictures_s * FPS), Fraction(1, FPS)
                container.mux(video.encode(picture))
            samples = sound[index * piece : (index + 1) * piece]
            if len(samples):
                whole = (np.repeat(samples, channels)[None] * 32767).astype(np.int16)
                frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=layout)
                frame.sample_rate, frame.pts = rate, index * piece + round(starts_s * rate)
                kept += audio.encode(frame)
            if not sound_last:
                pieces = _write(container, kept, pieces, packet)
        container.mux(video.encode(None))
        kept += audio.encode(None)
        _write(container, kept, pieces, packet)
    return path


def _write(
    container: av.container.OutputContainer,
    kept: list[av.Packet],
    pieces: int,
    packet: Callable[[int, av.Packet], av.Packet],
) -> int:
    for each in kept:
        container.mux(packet(pieces, each))
        pieces += 1
    kept.clear()
    return pieces


def as_packet(content: bytes, like: av.Packet) -> av.Packet:
    """Return a packet with other bytes in the place of like."""
    made = av.Packet(content)
    made.stream, made.pts, made.dts, made.time_base = like.stream, like.pts, like.dts, like.time_base
    made.duration = like.duration
    return made


@dataclass
class Told:
    """What a source handed out, in order."""

    things: list[Frame | AudioChunk] = field(default_factory=list)
    state: SourceState = field(default_factory=SourceState)

    @property
    def frames(self) -> list[Frame]:
        return [thing for thing in self.things if isinstance(thing, Frame)]

    @property
    def chunks(self) -> list[AudioChunk]:
        return [thing for thing in self.things if isinstance(thing, AudioChunk)]

    def track(self) -> Samples:
        """Return the sound by stream time: sample n was heard at n / RATE; silence where there was none."""
        length = max((round(chunk.at_s * RATE) + len(chunk.samples) for chunk in self.chunks), default=0)
        whole = np.zeros(length, np.float32)
        for chunk in self.chunks:
            start = round(chunk.at_s * RATE)
            whole[start : start + len(chunk.samples)] = chunk.samples
        return whole

    def beeps(self) -> list[float]:
        """Return when each tone begins, in seconds: the first loud sample after 0.2 s without one."""
        loud = np.flatnonzero(np.abs(self.track()) > 0.1) / RATE
        return [float(at) for at, gap in zip(loud, np.diff(loud, prepend=-1.0), strict=True) if gap > 0.2]


def follow(source: LiveSource, frames: int | None = None) -> Told:
    """Read a source to its end, or so many frames of it; source must not have been started yet."""
    told = Told()
    source.subscribe(told.things.append)
    source.subscribe_sound(told.things.append)
    source.start()
    index = -1
    while (frames is None or index + 1 < frames) and (frame := source.next(index, 20.0)) is not None:
        index = frame.index
    told.state = source.state
    return told
