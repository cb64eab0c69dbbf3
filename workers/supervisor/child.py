"""One supervised process, and the group of processes that it may have started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import IO

from config.engines.children import dies_with_parent
from workers.supervisor.output import Lines
from workers.supervisor.programs import Program

FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 30.0
# Up for this long, it counts as well again.
WELL_AFTER_S = 60.0


class Child:
    """A program that is started again when it dies: after 1, 2, 4 … 30 s, and after 1 s once it ran for a minute."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.lines = Lines()
        self.again_at: float | None = None
        self._folder = folder
        self._backoff_s = FIRST_BACKOFF_S
        self._started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def output(self) -> IO[bytes]:
        assert self._process is not None and self._process.stdout is not None
        return self._process.stdout

    def start(self) -> None:
        """Start the process in a session of its own; it is killed with us, even when we are killed."""
        self.again_at = None
        self.lines = Lines()
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603
            self.program.command,
            cwd=self._folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environ},
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )
        os.set_blocking(self.output.fileno(), False)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ended(self, now: float) -> str:
        """Note that the process has ended; return why, and when it starts again, for people to read."""
        assert self._process is not None
        code = self._process.wait()
        self.signal(signal.SIGKILL)  # whatever it left behind
        if now - self._started_at >= WELL_AFTER_S:
            self._backoff_s = FIRST_BACKOFF_S
        wait_s, self._backoff_s = self._backoff_s, min(self._backoff_s * 2, LONGEST_BACKOFF_S)
        self.again_at = now + wait_s
        why = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return f"{self.name} {why}; starting it again in {wait_s:.0f} s."

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the process and all that it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def forget(self) -> None:
        if self._process is not None:
            self._process.wait()
            self.output.close()
            self._process = None
