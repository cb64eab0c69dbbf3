"""Tell how far a long work is: a bar on a terminal, a line at every tenth elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

OnProgress = Callable[[str, float], None]
"""Called with what is being done and how much of it is done, 0–1."""
BAR_CELLS = 30


class Stream(Protocol):
    """What is written to, for example sys.stderr."""

    def write(self, text: str, /) -> object:
        """Write text."""

    def flush(self) -> object:
        """Show what was written."""

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""


class ProgressLines:
    """Show progress on a stream; call it as an OnProgress."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._shown: tuple[str, int] | None = None

    def __call__(self, what: str, done: float) -> None:
        """Redraw the bar, or write a line when another tenth is done."""
        on_terminal = self._stream.isatty()
        percent = int(done * 100) if on_terminal else int(done * 10) * 10
        if (what, percent) == self._shown:
            return
        self._shown = (what, percent)
        if on_terminal:
            filled = round(BAR_CELLS * done)
            bar = "█" * filled + "·" * (BAR_CELLS - filled)
            self._stream.write(f"\r{what:<42} {bar} {percent:3d} %" + ("\n" if percent == 100 else ""))
        else:
            self._stream.write(f"{what}: {percent} %\n")
        self._stream.flush()


def silent(what: str, done: float) -> None:
    """Take progress and show nothing."""
