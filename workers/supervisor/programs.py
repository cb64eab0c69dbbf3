"""The processes of one machine."""

from __future__ import annotations

import socket
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Above the slots: one more slice that is just ending, and the worker's own errands.
SPARE_THREADS = 2
# As root each Celery process says so in five lines; `up` says it in one.
WITHOUT_ROOT_WARNING = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
JOB_THREADS = 4
# Long enough for a page to finish, short enough for Ctrl-C.
WEB_GRACE_S = 3


@dataclass(frozen=True)
class Program:
    """What to start under a name; `environ` comes on top of ours."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)


def node_name() -> str:
    """Name this start of this machine: a worker of an earlier start is another node, whose leases have to expire."""
    host = "".join(c if c.isalnum() or c == "-" else "-" for c in socket.gethostname().split(".")[0])[:40]
    return f"{host}-{uuid.uuid4().hex[:6]}"


def programs(*, home: Path, host: str, port: int, node: str, slots: int) -> list[Program]:
    """Return web, the watching worker, the jobs' worker and beat, in the order they start."""
    celery = (sys.executable, "-m", "celery", "-A", "config", "--quiet")
    worker = ("worker", "--pool=threads", "--loglevel=WARNING", "--without-gossip", "--without-mingle")
    watching = ("-c", str(slots + SPARE_THREADS), "-Q", f"watch.{node}", "-n", f"watch@{node}")
    schedule = ("beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={home / 'run' / 'beat-schedule'}")
    identity = WITHOUT_ROOT_WARNING | {"VEDETTE_HOME": str(home), "VEDETTE_NODE": node, "VEDETTE_SLOTS": str(slots)}
    uvicorn = (sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port))
    # Django logs what goes wrong; a line for every request would bury it.
    quiet = ("--no-access-log", "--log-level=warning", "--lifespan=off")
    return [
        Program("web", (*uvicorn, *quiet, "--timeout-graceful-shutdown", str(WEB_GRACE_S)), identity),
        Program("watch", (*celery, *worker, *watching), identity),
        Program("jobs", (*celery, *worker, "-c", str(JOB_THREADS), "-Q", "jobs", "-n", f"jobs@{node}"), identity),
        Program("beat", (*celery, *schedule), identity),
    ]
