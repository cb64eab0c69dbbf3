"""Write frames, and the sound between them, as a clip that every browser plays: H.264 and AAC, index at the front."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from uuid import uuid4

import av
import av.container
import av.error
import cv2
import numpy as np

from detection.audio.chunk import RATE
from detection.evidence.ring import EncodedFrame
from detection.evidence.sound import Pcm
from detection.types import Image

TIME_BASE = Fraction(1, 90_000)
ENCODER = {
    "preset": "veryfast",
    "crf": "25",
    "threads": "1",
    # Without B-frames the first picture has time 0 and needs no edit list to play from there.
    "bf": "0",
}
SOUND_BITS = 48_000
"""A second; one channel of speech needs no more."""
PIECE = 1024
"""Samples that AAC packs at once."""
PART = ".part"


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A clip on disk: size in pixels, length in seconds, first and last frame in Unix seconds."""

    path: Path
    frames: int
    width: int
    height: int
    duration_s: float
    size_bytes: int
    started_at: float
    ended_at: float


def write_clip(frames: Iterable[EncodedFrame], path: Path, fps: float = 10.0, sound: Pcm | None = None) -> ClipInfo:
    """Write frames to path, which appears only when it is whole; an older file there is replaced.

    Frames are shown when they were captured; fps is the usual rate, used for the last frame's duration. Sizes are
    rounded down to even numbers, and frames of another size than the first are scaled to it. A frame not later than
    the one before is left out. sound: what was heard from the first frame on, None for
    a clip without. Raises ValueError without a frame, and OSError when the disk is full or the folder cannot be
    written.
    """
    remaining = iter(frames)
    first = next(remaining, None)
    if first is None:
        raise ValueError(f"There is no frame to write into {path.name}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}-{uuid4().hex[:8]}{PART}")
    try:
        count, (width, height), ended_at = _encode(first, remaining, part, fps, sound)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        size_bytes = part.stat().st_size
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return ClipInfo(
        path=path,
        frames=count,
        width=width,
        height=height,
        duration_s=ended_at - first.captured_at + 1.0 / fps,
        size_bytes=size_bytes,
        started_at=first.captured_at,
        ended_at=ended_at,
    )


def _encode(
    first: EncodedFrame, remaining: Iterator[EncodedFrame], part: Path, fps: float, sound: Pcm | None
) -> tuple[int, tuple[int, int], float]:
    """Write to part; return the number of frames, (width, height) and the last frame's captured_at."""
    height, width = (side // 2 * 2 for side in _decoded(first).shape[:2])
    rate = Fraction(fps).limit_denominator(1000)
    count, last = 0, first
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate, options=ENCODER | {"g": str(round(2 * fps))})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        track = None if sound is None else _SoundTrack(container, sound)
        for frame in chain([first], remaining):
            if count and frame.captured_at <= last.captured_at:
                continue
            image = _decoded(frame)
            if image.shape[:2] != (height, width):
                image = _fitted(image, width, height)
            picture = av.VideoFrame.from_ndarray(image, format="bgr24")
            picture.pts = round((frame.captured_at - first.captured_at) / TIME_BASE)
            picture.time_base = TIME_BASE
            picture.duration = round(1 / (rate * TIME_BASE))
            container.mux(stream.encode(picture))
            if track is not None:
                # In step with the pictures: a player must not fetch the whole clip to hear its beginning.
                track.write_until(frame.captured_at - first.captured_at)
            count, last = count + 1, frame
        container.mux(stream.encode(None))
        if track is not None:
            track.close()
    return count, (width, height), last.captured_at


class _SoundTrack:
    """The sound of a clip, written as far as the pictures are."""

    def __init__(self, container: av.container.OutputContainer, sound: Pcm) -> None:
        self._container, self._sound, self._at = container, sound, 0
        self._stream = container.add_stream("aac", rate=RATE)
        self._stream.codec_context.layout = "mono"
        self._stream.codec_context.bit_rate = SOUND_BITS

    def write_until(self, seconds: float) -> None:
        """Write the sound of so many seconds from the clip's start, in whole pieces."""
        while self._at + PIECE <= min(len(self._sound), round(seconds * RATE)):
            self._write(self._sound[self._at : self._at + PIECE])

    def close(self) -> None:
        """Write the rest."""
        self.write_until(len(self._sound) / RATE)
        if self._at < len(self._sound):
            self._write(self._sound[self._at :])
        self._container.mux(self._stream.encode(None))

    def _write(self, samples: Pcm) -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, Fraction(1, RATE)
        self._at += len(samples)
        self._container.mux(self._stream.encode(frame))


def _decoded(frame: EncodedFrame) -> Image:
    image = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"The frame captured at {frame.captured_at:.3f} is no JPEG.")
    return np.asarray(image, np.uint8)


def _fitted(image: Image, width: int, height: int) -> Image:
    """Cut the odd last row or column off, or scale a picture of another size."""
    cut = image[:height, :width]
    if cut.shape[:2] == (height, width) and image.shape[0] - height < 2 and image.shape[1] - width < 2:
        return np.ascontiguousarray(cut)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
