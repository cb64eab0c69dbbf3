"""What the System page tells: nodes and room on them, queues, the health of each part, and the own cameras' stages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from accounts.actors import Actor
from accounts.tenancy import installation
from cameras.selectors import cameras_of
from workers.dispatch import queue_of
from workers.headroom import Load, allowance, cameras_left
from workers.leases import LEASE_TTL_S
from workers.models import CameraLease, WorkerNode

STAGES = ("gate", "detect", "track", "features", "pose", "audio", "scene", "score", "event")
ADVICE = {
    "database": "PostgreSQL does not answer. Look at its log, and whether its disk is full.",
    "redis": "Redis does not answer. Cameras go on being watched; consoles hear of alerts late.",
    "channel_layer": "Alerts do not reach the consoles at once; each looks for new ones every few seconds.",
    "workers": "No process watches cameras. Start one with: manage.py up",
    "cameras": "The cameras' states cannot be read.",
    "beat": "The scheduler or the jobs' worker is gone: failed cameras stay off. Start manage.py up anew.",
    "models": "The models folder cannot be read. Mend its permissions.",
    "storage": "Evidence cannot be written. Free space, or mend the folder's permissions.",
}
"""What to do about a part of /health that is not well."""
PART_WORDS = {
    "database": "Database",
    "redis": "Redis",
    "channel_layer": "Alerts",
    "workers": "Watching",
    "cameras": "Cameras",
    "beat": "Schedule",
    "storage": "Evidence",
    "models": "Models",
}


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One watching process; busy: of its machine's cores, 0–100; more: cameras that still fit.

    more is None before that is known, and where the process is given no cameras: it is leaving, or was not heard of.
    """

    name: str
    device: str
    cameras: int
    slots: int
    load: Load | None
    busy: int
    more: int | None
    host: str
    heard_s: float
    alive: bool
    draining: bool
    waiting: int | None
    detectors: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CameraLine:
    """One own camera: analysed frames a second, frames replaced by newer ones, and milliseconds by stage."""

    name: str
    site: str
    status: str
    fps: float
    dropped: int
    frames: int
    stages: list[float | None]
    whole_ms: float


def node_lines() -> list[NodeLine]:
    """Return every watching process of the installation, by name: totals only, nothing of any organization."""
    with installation():
        nodes = list(WorkerNode.objects.order_by("name"))
        alive = set(
            WorkerNode.objects.filter(last_seen_at__gt=Now() - timedelta(seconds=LEASE_TTL_S)).values_list(
                "id", flat=True
            )
        )
        held = dict(
            CameraLease.objects.filter(node__in=nodes).values_list("node").annotate(Count("camera_id")).order_by("node")
        )
    now = timezone.now()
    given = {node.id for node in nodes if node.id in alive and not node.draining}
    hosts = Counter(node.host for node in nodes if node.id in given)
    lines = []
    for node in nodes:
        load, cameras = Load.of(node.load), held.get(node.id, 0)
        measured = load is not None and load.measured
        lines.append(
            NodeLine(
                name=node.name,
                device=node.device,
                cameras=cameras,
                slots=node.slots,
                load=load,
                busy=round(100 * load.machine / load.cores) if load else 0,
                more=allowance(load, node.slots, cameras, hosts[node.host]) if measured and node.id in given else None,
                host=node.host,
                heard_s=max(0.0, (now - node.last_seen_at).total_seconds()),
                alive=node.id in alive,
                draining=node.draining,
                waiting=_waiting(queue_of(node.name)),
                detectors=list(node.load.get("detectors", [])),
            )
        )
    return lines


def room(lines: list[NodeLine]) -> int | None:
    """Return how many more cameras fit in all, None before anything is measured."""
    return cameras_left(
        (line.host, line.load, line.slots, line.cameras) for line in lines if line.alive and not line.draining
    )


def jobs_waiting() -> int | None:
    """Return how many jobs wait, None when Redis does not say."""
    return _waiting("jobs")


def camera_lines(actor: Actor) -> list[CameraLine]:
    """Return the organization's own cameras with what each stage costs."""
    lines = []
    for camera in cameras_of(actor):
        state = getattr(camera, "state", None)
        if state is None or not camera.enabled:
            continue
        stages = [state.stage_ms.get(stage) for stage in STAGES]
        lines.append(
            CameraLine(
                camera.name,
                camera.site.name,
                state.get_status_display(),
                state.analysed_fps,
                state.dropped,
                state.frames,
                stages,
                round(sum(ms for ms in stages if ms is not None), 1),
            )
        )
    return lines


def _waiting(queue: str) -> int | None:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return int(client.llen(queue))
    except RedisError:
        return None
