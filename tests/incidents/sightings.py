"""What a camera's pipeline would say, in short."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from accounts.tenancy import tenant
from cameras.models import Camera
from detection.types import EventUpdate
from incidents.models import Event, Incident
from incidents.services.events import event_closed, event_opened

NOON = dt.datetime(2026, 3, 14, 12, 0, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def sighting(
    at_s: float = 0.0, *, event_id: UUID | None = None, started_s: float | None = None, **values: Any
) -> EventUpdate:
    """An update of an event at `at_s` seconds past noon; a runner, unless told otherwise."""
    start = after(at_s if started_s is None else started_s).timestamp()
    at = after(at_s).timestamp()
    return EventUpdate(
        **{
            "kind": "opened",
            "event_id": event_id or uuid4(),
            "started_at": start,
            "at": at,
            "peak_at": at,
            "peak_score": 0.8,
            "threshold": 0.75,
            "frame_count": 2,
            "category": "security threat",
            "severity": 2,
            "confidence": 0.6,
            "reason": "Someone moves faster than usual here.",
            **values,
        }
    )


def opened(camera: Camera, update: EventUpdate, *, epoch: int = 1) -> Event:
    """Report an opening in a transaction of its own, as a worker does."""
    with tenant(camera.organization_id):
        return event_opened(
            organization_id=camera.organization_id,
            camera_id=camera.id,
            epoch=epoch,
            update=update,
            peak_image="",
            detector="builtin",
            preset="balanced",
            at=dt.datetime.fromtimestamp(update.at, dt.UTC),
        )


def closed(camera: Camera, event: Event, at_s: float) -> None:
    """Report the end of an event at `at_s` seconds past noon."""
    update = sighting(
        at_s, event_id=event.id, kind="closed", ended_at=after(at_s).timestamp(), peak_at=event.peak_at.timestamp()
    )
    with tenant(camera.organization_id):
        event_closed(organization_id=camera.organization_id, update=update, scores=[], at=after(at_s))


def incident_at(camera: Camera, at_s: float = 0.0, **values: Any) -> Incident:
    """A new incident of this camera with one event."""
    return opened(camera, sighting(at_s, **values)).incident
