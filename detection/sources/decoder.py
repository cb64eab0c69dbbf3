"""What every kind of source gives: pictures one after another, converted only when someone wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

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


class Decoder(Protocol):
    """An open source. pictures() ends at the end of a file and raises SourceError when a live source breaks."""

    info: StreamInfo
    corrupt: int

    def pictures(self) -> Iterator[Picture]: ...

    def close(self) -> None: ...
