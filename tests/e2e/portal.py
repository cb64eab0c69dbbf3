"""The portal as a browser meets it: a real server in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
START_S = 40.0
QUIET_S = 20.0
IDLE_S = 0.15
"""A request that lost its browser goes on in its thread, and between two transactions it is idle for less than this."""


class Server:
    """The portal in a process of its own, on a port the system chose; it may be stopped and started again there."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.e2e.server", str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
        deadline = time.monotonic() + START_S
        while True:
            assert self._process.poll() is None, "the server ended; its stderr says why"
            assert time.monotonic() < deadline, f"the server did not answer within {START_S:g} s"
            try:
                if httpx.get(f"{self.url}/login/", timeout=2.0).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)

    def is_quiet(self) -> bool:
        """Whether nobody is connected and nothing asks the database: what came in has been dealt with."""
        process = self._process
        if process is not None:
            connected = psutil.Process(process.pid).net_connections("tcp")
            if any(each.laddr.port == self.port and each.status == psutil.CONN_ESTABLISHED for each in connected):
                return False
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND"
                " (xact_start IS NOT NULL OR state_change > clock_timestamp() - make_interval(secs => %s))",
                [IDLE_S],
            )
            return bool(cursor.fetchone()[0] == 0)

    def wait_until_quiet(self) -> None:
        deadline = time.monotonic() + QUIET_S
        while not self.is_quiet():
            assert time.monotonic() < deadline, f"the server is still busy after {QUIET_S:g} s"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
