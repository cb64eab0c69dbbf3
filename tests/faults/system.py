"""The real processes of an installation without its web server, to be killed, paused and watched from a test."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from uuid import UUID

import redis
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connection

from accounts.tenancy import installation, tenant
from cameras.models import Camera, CameraState
from config.engines.children import dies_with_parent
from config.engines.home import PROJECT, Layout
from workers.models import CameraLease, WorkerNode
from workers.supervisor.programs import Program, programs

SLOTS = 8
POLL_S = 0.2


class System:
    """Two watching nodes, the jobs' worker and beat, on the engines of the test session.

    Their output is in one file per process under logs, for the person who reads a failed test.
    """

    def __init__(self, logs: Path, nodes: Iterable[str] = ("alpha",)) -> None:
        self.logs = logs
        self._home = Path(settings.VEDETTE_HOME)
        self._nodes = tuple(nodes)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> System:
        for program in self._programs(self._nodes[0]):
            if program.name in ("jobs", "beat"):
                self._start(program.name, program)
        for node in self._nodes:
            self.start(node)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def start(self, node: str) -> None:
        """Start a watching node."""
        watch = next(program for program in self._programs(node) if program.name == "watch")
        self._start(node, watch)

    def kill(self, node: str) -> None:
        """kill -9 a watching node."""
        process = self._running.pop(node)
        process.kill()
        process.wait(5)

    def terminate(self, node: str) -> float:
        """Ask a watching node to end, and return how many seconds it took."""
        process = self._running.pop(node)
        began = time.monotonic()
        process.terminate()
        assert process.wait(20) == 0
        return time.monotonic() - began

    def pause(self, node: str) -> None:
        """Stop a watching node in its tracks, as a laptop's lid or a hypervisor does."""
        self._running[node].send_signal(signal.SIGSTOP)

    def resume(self, node: str) -> None:
        """Let a paused node go on."""
        self._running[node].send_signal(signal.SIGCONT)

    def log(self, name: str) -> str:
        """Return what a process has said so far."""
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def restart_postgres(self) -> None:
        """Stop PostgreSQL with every session on it; its keeper starts it again."""
        pid_file = Layout(self._home).postgres / "postmaster.pid"
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        until(lambda: _new_pid(pid_file, pid), 30, "PostgreSQL is started again")
        connection.close()

    def flush_redis(self) -> None:
        """Forget every message, group and cached value."""
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            broker.flushall()

    def _programs(self, node: str) -> list[Program]:
        return programs(home=self._home, host="127.0.0.1", port=1, node=node, slots=SLOTS)

    def _start(self, name: str, program: Program) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                program.command,
                cwd=PROJECT,
                env=os.environ | dict(program.environ) | {"VEDETTE_LOG_LEVEL": "INFO"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )


def until(condition: Callable[[], object], limit_s: float, what: str) -> float:
    """Wait until it is so, and return how many seconds that took; what is not there (yet) is not so."""
    began = time.monotonic()
    while True:
        try:
            if condition():
                return time.monotonic() - began
        except ObjectDoesNotExist:
            pass
        except Error:
            connection.close()
        if time.monotonic() - began > limit_s:
            raise AssertionError(f"not within {limit_s:g} s: {what}")
        time.sleep(POLL_S)


def lease(camera: Camera) -> CameraLease:
    """Read a camera's lease."""
    with installation():
        return CameraLease.objects.select_related("node").get(camera_id=camera.id)


def state(camera: Camera) -> CameraState:
    """Read what was last reported of a camera."""
    with tenant(camera.organization_id):
        return CameraState.objects.get(camera_id=camera.id)


def is_watched(camera: Camera, *, after_epoch: int = 0) -> bool:
    """Whether a living node analyses this camera's pictures, at a later epoch than after_epoch."""
    held, now = lease(camera), state(camera)
    alive = held.node is not None and not held.node.draining
    return alive and held.epoch > after_epoch and now.status == "online" and now.analysed_fps > 0


def is_fresh(camera: Camera, since: float) -> bool:
    """Whether the camera was reported online with a frame captured after `since` (Unix seconds)."""
    now = state(camera)
    return now.status == "online" and now.last_frame_at is not None and now.last_frame_at.timestamp() > since


def node_id(name: str) -> UUID | None:
    """Return the id under which a node is registered now."""
    return WorkerNode.objects.filter(name=name).values_list("id", flat=True).first()


def _new_pid(pid_file: Path, old: int) -> bool:
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and int(lines[0]) != old and lines[7].strip() == "ready"
