"""One terminal for many processes: whole lines, each with its process's name."""

from __future__ import annotations

import os
from typing import TextIO

COLOURS = {"web": 36, "watch": 32, "jobs": 33, "beat": 35, "up": 1}
WIDTH = max(len(name) for name in COLOURS) + 2
# A line that never ends is shown in pieces of this many bytes instead of being kept.
LONGEST_LINE = 64 * 1024


class Console:
    """Prefixes lines; in colour on a terminal that has not asked for none (NO_COLOR)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._colour = stream.isatty() and "NO_COLOR" not in os.environ

    def say(self, text: str, name: str = "up") -> None:
        """Print `text` under `name`. A terminal that went away does not stop the supervisor."""
        prefix = f"[{name}]".ljust(WIDTH)
        if self._colour:
            prefix = f"\x1b[{COLOURS.get(name, 0)}m{prefix}\x1b[0m"
        try:
            self._stream.write("".join(f"{prefix} {line}\n" for line in text.splitlines()))
            self._stream.flush()
        except OSError:
            # Nobody reads any more. What is left in the buffer would fail again at exit and spoil the exit status.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


class Lines:
    """Turns what a pipe delivers into whole lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that `data` completes; empty `data` (end of file) completes the last one."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if self._rest and (not data or len(self._rest) > LONGEST_LINE):
            whole, self._rest = [*whole, self._rest], b""
        return [line.decode(errors="replace").rstrip("\r") for line in whole]
