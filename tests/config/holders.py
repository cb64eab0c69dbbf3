"""Other processes that hold the engines of a home, and ways to look at what runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from config.engines.home import PROJECT, Layout

HOLD = """
import sys
from pathlib import Path
from config.engines import running_engines
with running_engines(Path(sys.argv[1]), {}):
    print("held", flush=True)
    sys.stdin.read()
"""


class Holder:
    """A process that has the engines until it is told to let go."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(home)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_held(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {timeout_s:.0f} s"
        time.sleep(0.05)


def living(name: str, folder: Path) -> list[int]:
    """Return the ids of running processes called `name` whose working directory is `folder`."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == name and Path(process.cwd()) == folder:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def engines_running(home: Path) -> bool:
    layout = Layout(home)
    return bool(living("postgres", layout.postgres) or living("redis-server", layout.redis))


def keeper_pid(home: Path) -> int:
    return int((Layout(home).run / "keeper.lock").read_text().split()[0])


def postmaster_pid(home: Path) -> int:
    return int((Layout(home).postgres / "postmaster.pid").read_text().split("\n", 1)[0])


def run_python(code: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own, in the project's folder."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environ},
    )
