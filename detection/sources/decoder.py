"""What every kind of source gives: pictures one after another, converted only when someone wants them, and sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from detection.audio.chunk import Samples
from detection.types import Image


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """The stream's own size in pixels, frames a second (0 when it does not say), codec and length in seconds."""

    width: int
    height: int
    fps: float
    codec: str
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, not yet converted.

    pts_s is the stream's own time in seconds, or None. convert(max_width) returns it as (height, width, 3) uint8 BGR.
    """

    pts_s: float | None
    convert: Callable[[int], Image]


@dataclass(frozen=True, slots=True)
class Sound:
    """Some decoded sound: the stream's own time of its first sample, samples (n,) float32, −1 to 1, 16 kHz."""

    pts_s: float
    samples: Samples


class Decoder(Protocol):
    """An open source. pictures() ends at the end of a file and raises SourceError when a live source breaks.

    Where sound was asked for, it is handed on while pictures() goes on; a file's comes before the pictures after it.
    corrupt counts the packets of pictures that could not be decoded, sound_lost those of sound. sound_problem is a
    sentence that says why there is no sound, or "" where there is some or none was asked for.
    """

    info: StreamInfo
    corrupt: int

    @property
    def sound_problem(self) -> str: ...

    @property
    def sound_lost(self) -> int: ...

    def pictures(self) -> Iterator[Picture]: ...

    def close(self) -> None: ...
