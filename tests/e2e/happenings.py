"""What happens while a browser looks: events with evidence that plays, told by the worker's own services."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

import av
import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone
from PIL import Image

from accounts.tenancy import tenant
from cameras.models import Camera
from detection.types import EventUpdate, ScorePart
from incidents.models import Event
from incidents.services.events import event_clip_ready, event_closed, event_opened
from incidents.services.incidents import incident_acknowledge

FPS = 10
CLIP_S = 3

P = ParamSpec("P")
T = TypeVar("T")


def elsewhere(function: Callable[P, T]) -> Callable[P, T]:
    """Run it in a thread of its own, as a worker or another console would: the browser's loop lives in this one."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        def alone() -> T:
            try:
                return function(*args, **kwargs)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(alone).result()

    return called


@elsewhere
def happen(camera: Camera, *, clip: bool = True, ended: bool = True, ago_s: float = 20.0, **facts: Any) -> Event:
    """Let an event be reported by the worker's own services: opened, its clip ready, closed."""
    started = timezone.now().timestamp() - ago_s
    reason = facts.pop("reason", "Someone moves faster than usual. The fastest: 412 px/s (usually 0 to 60).")
    values: dict[str, Any] = {
        "event_id": uuid4(),
        "started_at": started,
        "at": started + 0.4,
        "peak_at": started + 0.4,
        "peak_score": 0.93,
        "threshold": 0.75,
        "frame_count": 6,
        "tags": ("rapid movement",),
        "category": "security threat",
        "severity": 3,
        "confidence": 0.8,
        "reason": reason,
        "parts": (ScorePart("max_speed_px", 412.0, 0.0, 60.0, 7.4, 1.0),),
    } | facts
    update = EventUpdate(kind="opened", **values)
    picture = default_storage.save("e2e/peak.jpg", ContentFile(_jpeg()))
    with tenant(camera.organization_id):
        event = event_opened(
            organization_id=camera.organization_id,
            camera_id=camera.id,
            epoch=1,
            update=update,
            peak_image=picture,
            detector="builtin",
            preset="balanced",
            at=_at(started + 0.5),
        )
    if clip:
        clip_ready(event.id, camera)
    if ended:
        closed = EventUpdate(kind="closed", ended_at=started + 2.0, **values | {"at": started + 2.0})
        scores = [(i / 5, 0.9 - abs(i - 2) * 0.02) for i in range(10)]
        with tenant(camera.organization_id):
            event_closed(organization_id=camera.organization_id, update=closed, scores=scores, at=_at(started + 2.1))
    return event


@elsewhere
def acknowledge(person: Any, event: Event) -> None:
    with tenant(event.organization_id):
        incident_acknowledge(actor=person.actor, incident_id=event.incident_id, at=timezone.now())


@elsewhere
def clip_ready(event_id: UUID, camera: Camera, *, final: bool = True) -> None:
    """Attach a real H.264 clip of CLIP_S seconds to an event."""
    path = Path(settings.MEDIA_ROOT or default_storage.location) / f"e2e/{event_id}-{'final' if final else 'first'}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as file:
        stream = file.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for index in range(FPS * CLIP_S):
            for packet in stream.encode(av.VideoFrame.from_ndarray(_picture(index), format="rgb24")):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    with tenant(camera.organization_id):
        started = Event.objects.get(id=event_id).started_at
        event_clip_ready(
            organization_id=camera.organization_id,
            event_id=event_id,
            clip=str(path.relative_to(default_storage.location)),
            clip_started_at=started - dt.timedelta(seconds=1),
            final=final,
            at=timezone.now(),
        )


def _picture(index: int) -> np.ndarray:
    """A light square that walks over grey: (180, 320, 3) uint8."""
    image = np.full((180, 320, 3), 70, np.uint8)
    left = 10 + index * 8 % 280
    image[70:110, left : left + 30] = 220
    return image


def _jpeg() -> bytes:
    written = io.BytesIO()
    Image.fromarray(_picture(8)).save(written, "JPEG")
    return written.getvalue()


def _at(unix_s: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(unix_s, dt.UTC)
