"""Keep the last seconds of a camera in memory, so that a clip can begin before its event."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from detection.evidence.overlay import encode_jpeg
from detection.types import Frame

CLIP_MAX_WIDTH = 960
JPEG_QUALITY = 85
STILL_THINNED = 5


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame as JPEG; captured_at is Unix seconds."""

    jpeg: bytes = field(repr=False)
    captured_at: float


class PreRollRing:
    """Hold the newest `seconds` of frames as JPEG, thinned to `fps`, never more than max_bytes; thread-safe.

    A 640×480 picture is about 60 kB here, so five seconds at ten a second are some 3 MB a camera.
    """

    def __init__(self, seconds: float = 5.0, fps: float = 10.0, max_bytes: int = 32 * 1024 * 1024) -> None:
        self.seconds, self.fps, self.max_bytes = seconds, fps, max_bytes
        self._interval_s = 1.0 / fps
        self._frames: deque[EncodedFrame] = deque()
        self._bytes = 0
        self._next_at: float | None = None
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[EncodedFrame], None], ...] = ()

    @property
    def size_bytes(self) -> int:
        """How many bytes of JPEG are held now."""
        return self._bytes

    def set_still(self, still: bool) -> None:
        """Keep only every STILL_THINNED-th frame from now on while nothing moves: encoding costs more than watching."""
        self._interval_s = (STILL_THINNED if still else 1) / self.fps
        if not still:
            self._next_at = None

    def listen(self, on_frame: Callable[[EncodedFrame], None]) -> None:
        """Call on_frame for every frame kept from now on, in the thread that adds it."""
        self._listeners += (on_frame,)

    def add(self, frame: Frame) -> None:
        """Keep frame if it is due at this ring's rate; the oldest leave to make room. One thread adds."""
        at = frame.captured_at
        if self._frames and at < self._frames[-1].captured_at:
            # The machine's clock was set back: what is held can no longer be put in order.
            self._clear()
        if self._next_at is not None and at < self._next_at - 0.0005:
            return
        # Stepping from when a frame was due, not from when it came, keeps the mean rate under jitter.
        due = at if self._next_at is None else self._next_at
        self._next_at = max(due + self._interval_s, at + self._interval_s / 2)
        kept = EncodedFrame(encode_jpeg(frame.image, JPEG_QUALITY, CLIP_MAX_WIDTH), at)
        with self._lock:
            self._frames.append(kept)
            self._bytes += len(kept.jpeg)
            while self._frames[0].captured_at < at - self.seconds or (
                self._bytes > self.max_bytes and len(self._frames) > 1
            ):
                self._bytes -= len(self._frames.popleft().jpeg)
        for on_frame in self._listeners:
            on_frame(kept)

    def snapshot(self, since: float) -> list[EncodedFrame]:
        """Return the frames held that were captured at or after since (Unix seconds), oldest first."""
        with self._lock:
            return [frame for frame in self._frames if frame.captured_at >= since]

    def _clear(self) -> None:
        with self._lock:
            self._frames.clear()
            self._bytes = 0
            self._next_at = None
