"""Start the children, pass on what they say, start again what dies, stop them together."""

from __future__ import annotations

import selectors
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from config.engines.children import Wakeup
from workers.supervisor.child import Child
from workers.supervisor.output import Console
from workers.supervisor.programs import Program

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_S = 0.25
# A stop may take ten seconds; the engines, which go last, want some of them.
POLITE_S = 5.0


class Supervisor:
    """Runs `programs` until it is told to stop. Single-threaded: see `dies_with_parent`."""

    def __init__(self, programs: Sequence[Program], folder: Path, console: Console, wakeup: Wakeup) -> None:
        self._children = [Child(program, folder) for program in programs]
        self._console = console
        self._wakeup = wakeup
        self._selector = selectors.DefaultSelector()
        self._selector.register(wakeup, selectors.EVENT_READ)

    @property
    def told_to_stop(self) -> bool:
        return any(number in self._wakeup.caught for number in STOP_SIGNALS)

    def run(self, each_look: Callable[[], None]) -> None:
        """Supervise until a stop signal, calling `each_look` about four times a second; then stop all children."""
        try:
            for child in self._children:
                self._start(child)
            while not self.told_to_stop:
                self._relay(LOOK_S)
                self._tend()
                each_look()
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask every child to end, and kill what has not after 5 s."""
        self._wakeup.caught.clear()
        self._console.say("Stopping.")
        for child in self._children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + POLITE_S
        while any(child.is_running() for child in self._children):
            # A second Ctrl-C means now.
            if time.monotonic() > deadline or signal.SIGINT in self._wakeup.caught:
                break
            self._relay(LOOK_S)
        for child in self._children:
            if child.is_running():
                self._console.say(f"{child.name} did not end in time and is killed.")
            child.signal(signal.SIGKILL)
            self._drop_output(child)
            child.forget()

    def _start(self, child: Child) -> None:
        child.start()
        self._selector.register(child.output, selectors.EVENT_READ, child)

    def _tend(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.again_at is not None:
                if now >= child.again_at:
                    self._start(child)
            elif not child.is_running():
                self._drop_output(child)
                self._console.say(child.ended(now))

    def _relay(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            if isinstance(key.data, Child):
                self._pass_on(key.data)
            else:
                self._wakeup.drain()

    def _pass_on(self, child: Child) -> bool:
        """Print what the child has said; return whether there may be more."""
        data = child.output.read(65536)
        if data is None:
            return False
        for line in child.lines.feed(data):
            self._console.say(line, child.name)
        if not data:
            self._selector.unregister(child.output)
        return bool(data)

    def _drop_output(self, child: Child) -> None:
        """Print a dead child's last lines and close its pipe."""
        if child.pid is None or child.output.closed:
            return
        if child.output in self._selector.get_map():
            while self._pass_on(child):
                pass
        if child.output in self._selector.get_map():
            self._selector.unregister(child.output)
        child.output.close()
