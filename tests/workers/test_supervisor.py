"""The supervisor on small real programs: what it says, starts again and leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from config.engines.home import PROJECT
from tests.workers.terminal import Terminal

SUPERVISE = """
import sys
from pathlib import Path
from config.engines.children import Wakeup
from workers.supervisor.output import Console
from workers.supervisor.programs import Program
from workers.supervisor.supervise import STOP_SIGNALS, Supervisor
scripts = dict(argument.split("=", 1) for argument in sys.argv[1:])
programs = [Program(name, (sys.executable, "-c", script)) for name, script in scripts.items()]
Supervisor(programs, Path.cwd(), Console(sys.stdout), Wakeup(*STOP_SIGNALS)).run(lambda: None)
"""
SLEEPER = "import os, signal; print('pid', os.getpid()); signal.pause()"
STUBBORN = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('pid', os.getpid())
while True:
    signal.pause()
"""
PARENT = (
    "import os, signal, subprocess, sys; "
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']); "
    "print('pid', child.pid); print('parent', os.getpid()); signal.pause()"
)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def _supervise(terminals: list[Terminal], **scripts: str) -> Terminal:
    arguments = [f"{name}={script}" for name, script in scripts.items()]
    terminals.append(Terminal([sys.executable, "-c", SUPERVISE, *arguments], cwd=PROJECT))
    return terminals[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(terminals: list[Terminal], number: signal.Signals) -> None:
    terminal = _supervise(terminals, web=SLEEPER, jobs=SLEEPER)
    pids = [int(terminal.wait_for(rf"\[{name}\] +pid (\d+)")) for name in ("web", "jobs")]
    terminal.process.send_signal(number)
    assert terminal.wait() == 0
    assert "[up]    Stopping." in terminal.lines
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_what_dies_is_started_again_and_later_each_time(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, watch=SLEEPER, web=SLEEPER)
    web = terminal.wait_for(r"\[web\] +pid (\d+)")
    first = int(terminal.wait_for(r"\[watch\] pid (\d+)"))
    os.kill(first, signal.SIGKILL)
    terminal.wait_for(r"(watch was killed by SIGKILL; starting it again in 1 s\.)")
    second = int(terminal.wait_for(rf"\[watch\] pid (?!{first}\b)(\d+)"))
    os.kill(second, signal.SIGKILL)
    terminal.wait_for(r"(watch was killed by SIGKILL; starting it again in 2 s\.)")
    assert psutil.pid_exists(int(web))


def test_last_words_of_the_dying_are_shown(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, beat="import sys; sys.stdout.write('no line end'); sys.exit(3)")
    terminal.wait_for(r"(beat ended with code 3; starting it again in 1 s\.)")
    assert terminal.lines[:2] == ["[beat]  no line end", "[up]    beat ended with code 3; starting it again in 1 s."]


def test_a_child_that_does_not_listen_is_killed(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, jobs=STUBBORN)
    pid = int(terminal.wait_for(r"pid (\d+)"))
    terminal.process.terminate()
    assert terminal.wait() == 0
    assert terminal.lines[-1] == "[up]    jobs did not end in time and is killed."
    assert not psutil.pid_exists(pid)


def test_a_stopped_child_is_killed(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, jobs=SLEEPER)
    pid = int(terminal.wait_for(r"pid (\d+)"))
    os.kill(pid, signal.SIGSTOP)
    terminal.process.terminate()
    assert terminal.wait() == 0
    assert not psutil.pid_exists(pid)


def test_grandchildren_go_too(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, web=PARENT)
    grandchild = int(terminal.wait_for(r"pid (\d+)"))
    terminal.wait_for(r"parent (\d+)")
    terminal.process.terminate()
    assert terminal.wait() == 0
    terminal.wait_until_gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_children_die_with_a_killed_supervisor(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, web=SLEEPER, jobs=STUBBORN)
    pids = [int(terminal.wait_for(rf"\[{name}\] +pid (\d+)")) for name in ("web", "jobs")]
    terminal.process.kill()
    for pid in pids:
        terminal.wait_until_gone(pid)


def test_the_terminals_interrupt_reaches_only_the_supervisor(terminals: list[Terminal]) -> None:
    terminal = _supervise(terminals, web=SLEEPER)
    pid = int(terminal.wait_for(r"pid (\d+)"))
    assert os.getpgid(pid) == pid != os.getpgid(terminal.process.pid)


def test_a_terminal_that_went_away_does_not_stop_it() -> None:
    script = "import time\nfor i in range(1000000): print('line', i)"
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, f"web={script}", f"jobs={SLEEPER}"], cwd=PROJECT, stdout=writer
    )
    os.close(writer)
    assert os.read(reader, 10)
    os.close(reader)
    children = psutil.Process(process.pid).children()
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert not any(child.is_running() for child in children)
