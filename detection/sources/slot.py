"""The one place where the reader leaves a frame and the pipeline takes it: newest wins."""

from __future__ import annotations

import threading
import time

from detection.types import Frame


class FrameSlot:
    """Hold the newest frame. A frame replaced before anyone took it counts as dropped; thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._taken = True
        self._closed = False
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        """Leave frame, in place of an older one."""
        with self._changed:
            if not self._taken:
                self.dropped += 1
            self._frame, self._taken = frame, False
            self._changed.notify_all()

    def wait_taken(self, timeout_s: float) -> bool:
        """Wait until the frame inside has been taken; False at timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: self._taken or self._closed, timeout_s)

    def next(self, after: int, timeout_s: float) -> Frame | None:
        """Return the newest frame with an index above after, or None at timeout or when closed."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                if self._frame is not None and self._frame.index > after:
                    self._taken = True
                    self._changed.notify_all()
                    return self._frame
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    return None
                self._changed.wait(left)

    def close(self) -> None:
        """Wake everyone up: no more frames will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
