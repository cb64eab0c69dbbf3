"""`manage.py up` as a person starts it: a fresh home, real engines, the whole set of processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.engines.home import PROJECT
from tests.config.holders import engines_running, wait_until
from tests.workers.terminal import Terminal


class Up:
    """One `manage.py up`, and a way to look at its processes."""

    def __init__(self, home: Path, *, port: int | None = None, **environ: str) -> None:
        self.home, self.port = home, port or free_port()
        self.terminal = Terminal(
            [sys.executable, "manage.py", "up", "--no-demo"],
            cwd=PROJECT,
            VEDETTE_HOME=str(home),
            PORT=str(self.port),
            **environ,
        )

    def wait_until_ready(self) -> str:
        return self.terminal.wait_for(r"Vedette is ready at (http://\S+)", timeout_s=120)

    def processes(self) -> list[psutil.Process]:
        """Return the supervisor's children; the engines are not among them but their keeper is."""
        return psutil.Process(self.terminal.process.pid).children(recursive=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Up]]:
    ups: list[Up] = []
    yield ups
    for up in ups:
        up.terminal.close()
    for up in ups:
        wait_until(lambda home=up.home: not engines_running(home), "the end of the engines")


def _start(started: list[Up], home: Path, *, port: int | None = None, **environ: str) -> Up:
    started.append(Up(home, port=port, **environ))
    return started[-1]


def _manage(home: Path, *arguments: str) -> tuple[int, str]:
    """Run a command on `home`; return its exit code and what it complained about."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={**os.environ, "VEDETTE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr


def _gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def test_from_nothing_to_health_and_back_to_nothing(started: list[Up], tmp_path: Path) -> None:
    up = _start(started, tmp_path / "a home")
    assert up.wait_until_ready() == f"http://127.0.0.1:{up.port}"
    connection = http.client.HTTPConnection("127.0.0.1", up.port, timeout=10)
    connection.request("GET", "/health", headers={"Host": "localhost"})
    assert connection.getresponse().status == 200
    connection.close()
    processes = up.processes()
    assert len(processes) >= 7  # web, watch, jobs, beat, keeper, PostgreSQL, Redis
    up.terminal.process.send_signal(signal.SIGINT)
    assert up.terminal.wait() == 0
    assert _gone(processes)
    assert not engines_running(up.home)
    assert up.terminal.lines[-1] == "[up]    Stopped."


def test_commands_work_beside_it_and_alone(started: list[Up], tmp_path: Path) -> None:
    up = _start(started, tmp_path / "home")
    up.wait_until_ready()
    assert _manage(up.home, "migrate", "--check") == (0, "")
    assert engines_running(up.home)
    up.terminal.process.terminate()
    assert up.terminal.wait() == 0
    assert not engines_running(up.home)
    assert _manage(up.home, "migrate", "--check") == (0, "")
    assert not engines_running(up.home)


def test_a_second_start_on_the_same_home_is_refused(started: list[Up], tmp_path: Path) -> None:
    first = _start(started, tmp_path / "home")
    first.wait_until_ready()
    second = _start(started, tmp_path / "home")
    assert second.terminal.wait() == 1
    assert second.terminal.lines == [
        f"Vedette already runs on {first.home}: http://127.0.0.1:{first.port}, process {first.terminal.process.pid}. "
        f"Stop that one (Ctrl-C there, or: kill {first.terminal.process.pid}), "
        "or set VEDETTE_HOME to another folder and PORT to another port."
    ]
    assert first.terminal.process.poll() is None


def test_a_taken_port_is_refused_before_anything_starts(started: list[Up], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = int(other.getsockname()[1])
        up = _start(started, tmp_path / "home", port=port)
        assert up.terminal.wait() == 1
    assert up.terminal.lines == [
        f"Port {port} on 127.0.0.1 is taken by another program. Choose another one: PORT={port % 65535 + 1} make run"
    ]
    assert not (tmp_path / "home" / "postgres").exists()


def test_nothing_is_left_when_the_supervisor_is_killed_and_it_starts_again(started: list[Up], tmp_path: Path) -> None:
    home = tmp_path / "home"
    up = _start(started, home)
    up.wait_until_ready()
    processes = up.processes()
    os.kill(up.terminal.process.pid, signal.SIGKILL)
    up.terminal.wait()
    wait_until(lambda: _gone(processes) and not engines_running(home), "the end of all processes")
    again = _start(started, home)
    again.wait_until_ready()
    assert json.loads((home / "run" / "up.lock").read_text())["pid"] == again.terminal.process.pid


def test_a_killed_web_server_comes_back(started: list[Up], tmp_path: Path) -> None:
    up = _start(started, tmp_path / "home")
    up.wait_until_ready()
    web = next(p for p in up.processes() if "uvicorn" in p.cmdline())
    web.kill()
    up.terminal.wait_for(r"(web was killed by SIGKILL; starting it again in 1 s\.)")
    wait_until(lambda: any("uvicorn" in p.cmdline() for p in up.processes()), "another web server")


def test_migrations_are_not_run_as_the_applications_role(started: list[Up], tmp_path: Path) -> None:
    up = _start(started, tmp_path, DATABASE_URL="postgresql://app@127.0.0.1:1/vedette")
    assert up.terminal.wait() == 1
    assert up.terminal.lines == [
        "DATABASE_URL is set and DATABASE_OWNER_URL is not. Set it to the role that owns the schema, "
        "another one than the application's: migrations run as that role."
    ]


def test_a_database_that_does_not_answer_is_said_without_its_password(started: list[Up], tmp_path: Path) -> None:
    urls = {
        "DATABASE_URL": "postgresql://app:s3cret@127.0.0.1:1/vedette",
        "DATABASE_OWNER_URL": "postgresql://owner:s3cret@127.0.0.1:1/vedette",
    }
    up = _start(started, tmp_path, **urls)
    assert up.terminal.wait() == 1
    said = "\n".join(up.terminal.lines)
    assert "The database cannot be used as the owner of its tables: connection" in said
    assert "s3cret" not in said
    assert "Traceback" not in said
    assert not engines_running(tmp_path)
