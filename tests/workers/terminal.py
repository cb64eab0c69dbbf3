"""A started command, and the lines it has printed so far."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from pathlib import Path

import psutil


class Terminal:
    """Runs a command in a session of its own and reads what it prints."""

    def __init__(self, command: list[str], *, cwd: Path, **environ: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern: str, timeout_s: float = 60.0) -> str:
        """Return the first group of the first line that `pattern` is found in."""
        with self._changed:
            found = self._changed.wait_for(lambda: self._search(pattern), timeout_s)
        assert found, f"{pattern!r} was not printed within {timeout_s:.0f} s:\n" + "\n".join(self.lines)
        return found.group(1)

    def wait(self, timeout_s: float = 60.0) -> int:
        """Wait for the end of the command and of all it prints; return its exit code."""
        code = self.process.wait(timeout_s)
        self._reader.join(timeout_s)
        return code

    def wait_until_gone(self, pid: int, timeout_s: float = 30.0) -> None:
        deadline = time.monotonic() + timeout_s
        while _is_alive(pid):
            assert time.monotonic() < deadline, f"process {pid} is still there"
            time.sleep(0.05)

    def close(self) -> None:
        """Stop the command if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
        self.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()

    def _search(self, pattern: str) -> re.Match[str] | None:
        return next((found for line in self.lines if (found := re.search(pattern, line))), None)


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
