"""The knobs of one source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How to read one source.

    connect_timeout_s, read_timeout_s: how long a camera may stay silent before it counts as gone.
    loop: start a file again at its end. real_time: play a file at its own pace; False reads it as fast as it is
    consumed, every picture, none dropped.
    deliver_fps: convert and hand out at most so many pictures a second of a live or real-time source; what is decoded
    beyond that is counted as skipped, never as dropped. None hands out all.
    backoff_s: first and longest wait before connecting again. max_width: wider pictures are scaled down to it.
    frozen_after_s, blind_after_s: how long the same picture, or a nearly uniform one, is borne without comment.
    audio: read the sound that comes with the pictures too, in the same connection.
    """

    connect_timeout_s: float = 8.0
    read_timeout_s: float = 6.0
    loop: bool = False
    real_time: bool = True
    deliver_fps: float | None = 12.0
    backoff_s: tuple[float, float] = (1.0, 30.0)
    frozen_after_s: float = 10.0
    blind_after_s: float = 3.0
    max_width: int = 1280
    audio: bool = False
