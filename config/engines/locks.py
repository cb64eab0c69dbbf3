"""File locks that the kernel releases with their process, so that no crash leaves one behind.

Three of them in `<home>/run` make up the protocol:

- `holders.lock`  shared by every process that needs the engines; exclusive for whoever stops them.
- `start.lock`    exclusive while one process starts or looks for the keeper.
- `keeper.lock`   exclusive for the life of the keeper, whose process id and engines it names.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Self

POLL_S = 0.05


class FileLock:
    """An open lock file. Closing it, or dying, releases it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, *, shared: bool = False) -> bool:
        """Take or convert the lock if nobody is in the way. A failed conversion loses what was held."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self, timeout_s: float, *, shared: bool = False) -> bool:
        """Take the lock as soon as it is free, for at most `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not self.take(shared=shared):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True

    def read(self) -> str:
        """Return what the holder wrote."""
        return os.pread(self._descriptor, 4096, 0).decode(errors="replace")

    def write(self, text: str) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
