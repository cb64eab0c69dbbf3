"""Small things that every parent of processes here needs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
from collections.abc import Callable
from types import FrameType

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn`: the kernel sends the child `number` when this process is gone, however it went.

    Linux only; elsewhere a parent that is killed leaves its children to their own end-of-file.
    Start such children from the main thread: for the kernel the parent is the thread.
    """
    parent = os.getpid()

    def ask_kernel() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask_kernel


class Wakeup:
    """Turns signals into something that a loop can wait for.

    `caught` holds the numbers seen so far. A handler that only lets Python note the number can not deadlock with
    the code that it interrupts, as one that sets an Event can.
    """

    def __init__(self, *numbers: signal.Signals) -> None:
        self.caught: set[int] = set()
        self._read, write = os.pipe()
        for end in (self._read, write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, self._note)

    def fileno(self) -> int:
        return self._read

    def wait(self, timeout_s: float) -> None:
        """Return after `timeout_s`, or at the next signal."""
        select.select([self._read], [], [], timeout_s)
        self.drain()

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 4096)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.caught.add(number)
