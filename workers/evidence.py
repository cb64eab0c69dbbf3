"""Put an event's pictures and clips where the portal serves them from, without holding an alert up."""

from __future__ import annotations

import io
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage

from workers.leases import Held

log = logging.getLogger(__name__)

STORAGE_PATIENCE_S = 0.3
"""An alert waits so long for its picture; on a slower storage the picture arrives after the alert."""


def folder_of(held: Held, event_id: UUID, started_at: float) -> str:
    """Return the folder of an event's evidence: organization/camera/date/event."""
    day = datetime.fromtimestamp(started_at, UTC).date().isoformat()
    return f"{held.organization_id}/{held.camera_id}/{day}/{event_id}"


def put_picture(name: str, jpeg: bytes) -> str:
    """Store a picture and return its name; empty when the storage refused it.

    The name is new for every picture, so it is known before a slow storage has answered.
    """
    writing = _writers().submit(_save, name, io.BytesIO(jpeg))
    try:
        return writing.result(STORAGE_PATIENCE_S)
    except FutureTimeoutError:
        writing.add_done_callback(_log_failure)
        return name
    except Exception as error:  # every storage has its own; the alert must leave with or without its picture
        log.error("the picture %s could not be stored: %s", name, error)
        return ""


def put_clip(name: str, path: Path) -> str:
    """Store a finished clip and return its name; raises what the storage raises."""
    with path.open("rb") as clip:
        return _save(name, clip)


def forget(name: str) -> None:
    """Remove evidence that a better piece has replaced."""
    if not name:
        return
    try:
        default_storage.delete(name)
    except Exception as error:  # nothing depends on it
        log.warning("the replaced evidence %s could not be removed: %s", name, error)


def _save(name: str, content: BinaryIO) -> str:
    return default_storage.save(name, File(content, name=name))


@cache
def _writers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="evidence")


def _log_failure(writing: Future[str]) -> None:
    if error := writing.exception():
        log.error("a picture could not be stored: %s", error)
