"""Write speech down beside the hearing: it takes seconds, and levels and sounds shall not wait for it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

log = logging.getLogger(__name__)

MAX_WAITING = 4


class Scribe:
    """One daemon thread for all cameras of a process. At most MAX_WAITING wait; the oldest gives way and is counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._closed = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)
        self._thread.start()

    def put(self, write: Callable[[], None]) -> None:
        """Call write on the scribe's thread, after what came before it; returns at once."""
        with self._changed:
            if self._closed:
                return
            self._waiting.append(write)
            if len(self._waiting) > MAX_WAITING:
                self._waiting.popleft()
                self.dropped += 1
            self._changed.notify()

    def close(self) -> None:
        """Leave what waits, and end after what is being written."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                write = self._waiting.popleft()
            try:
                write()
            except Exception:
                log.exception("writing speech down failed")
