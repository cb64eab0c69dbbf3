"""What the installation says about itself to anyone who asks: parts and counts, nothing of any organization."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.tenancy import installation
from cameras.models import CameraState
from workers.leases import LEASE_TTL_S
from workers.model_store import stages, store
from workers.models import WorkerNode
from workers.reconciler import RECONCILED_AT

log = logging.getLogger(__name__)

LATE_AFTER_S = 15.0
"""Ticks come every two seconds; so long without one means that beat or the jobs' worker is gone."""

FREE_MIN_BYTES = 200 * 2**20

NEED_DATABASE = frozenset({"workers", "cameras"})

Part = dict[str, Any]


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything that watching needs is well, else 503; the parts say which is not."""
    parts = looked_at()
    well = all(part["ok"] for part in parts.values())
    answer = JsonResponse(
        {"ok": well, "version": settings.VEDETTE_VERSION, "parts": parts}, status=200 if well else 503
    )
    # Django would log each 503 as an error: twice a second while a start is waited for.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def looked_at() -> dict[str, Part]:
    """Return how each part is now."""
    parts: dict[str, Part] = {}
    for name, look in PARTS.items():
        if name in NEED_DATABASE and not parts["database"]["ok"]:
            # Each would wait as long as the first one did for a connection that does not come.
            parts[name] = {"ok": False, "error": "no database"}
        else:
            parts[name] = _looked(look)
    return parts


def _looked(look: Callable[[], Part]) -> Part:
    try:
        return look()
    except Exception as error:  # whatever a part raises, the answer is that it is not well
        log.warning("health: %s", error)
        # The error's text may name hosts and users; its kind does not.
        return {"ok": False, "error": type(error).__name__}


def _database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _redis() -> Part:
    cache.get(RECONCILED_AT)
    return {"ok": True}


def _channel_layer() -> Part:
    layer = get_channel_layer()
    # A group that nobody is in: the message goes nowhere, but the layer's own connection is used.
    async_to_sync(layer.group_send)("health", {"type": "health"})
    return {"ok": True}


def _workers() -> Part:
    alive = WorkerNode.objects.filter(draining=False, last_seen_at__gt=Now() - timedelta(seconds=LEASE_TTL_S))
    found = alive.aggregate(nodes=Count("id"), slots=Sum("slots"))
    return {"ok": found["nodes"] > 0, "nodes": found["nodes"], "slots": found["slots"] or 0}


def _cameras() -> Part:
    # A camera in trouble is an incident, not an illness of the installation.
    with installation():
        states = CameraState.objects.values_list("status").annotate(Count("camera_id")).order_by("status")
        return {"ok": True, "by_state": dict(states)}


def _beat() -> Part:
    at = cache.get(RECONCILED_AT)
    if at is None:
        return {"ok": False, "last_tick_s": None}
    age_s = max(0.0, time.time() - at)
    return {"ok": age_s < LATE_AFTER_S, "last_tick_s": round(age_s, 1)}


def _storage() -> Part:
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("health")
        return {"ok": True}
    folder = _existing(Path(default_storage.location))
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK | os.X_OK)
    return {"ok": writable and free > FREE_MIN_BYTES, "writable": writable, "free_mb": free // 2**20}


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it: the first evidence makes the rest."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _models() -> Part:
    # A missing model switches a sense off, and nothing else: the installation is well without.
    return {"ok": True, "missing": [stage.stage for stage in stages(store().states()) if not stage.ready]}


PARTS: dict[str, Callable[[], Part]] = {
    "database": _database,
    "redis": _redis,
    "channel_layer": _channel_layer,
    "workers": _workers,
    "cameras": _cameras,
    "beat": _beat,
    "storage": _storage,
    "models": _models,
}
