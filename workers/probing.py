"""Try a camera's address once, for the person who is setting it up."""

from __future__ import annotations

import base64
import threading
from typing import TypedDict

from django.core.cache import cache

from cameras.credentials import UnreadableSource, decrypt, masked_text
from detection.evidence import encode_jpeg
from detection.sources import probe

RESULT_KEPT_S = 60
PICTURE_MAX_WIDTH = 640

PROBES_AT_ONCE = 2
"""A silent address takes eight seconds; the ticks that keep cameras watched run in the same worker."""

BUSY = "Other addresses are being tested at this moment. Try again in a few seconds."

_at_once = threading.BoundedSemaphore(PROBES_AT_ONCE)


class ProbeAnswer(TypedDict):
    """What the admin's page reads from the cache; jpeg is base64, empty without a picture."""

    ok: bool
    message: str
    width: int
    height: int
    fps: float
    codec: str
    took_s: float
    jpeg: str


def probe_key(request_id: str) -> str:
    """Return the cache key under which the answer to a request lies."""
    return f"probe:{request_id}"


def probe_source(request_id: str, encrypted: str) -> None:
    """Open the address for a moment and leave the answer in the cache; it never carries credentials."""
    if not _at_once.acquire(blocking=False):
        cache.set(probe_key(request_id), _refusal(BUSY), RESULT_KEPT_S)
        return
    try:
        found = probe(decrypt(encrypted))
    except UnreadableSource as error:
        answer = _refusal(str(error))
    else:
        picture = b"" if found.image is None else encode_jpeg(found.image, max_width=PICTURE_MAX_WIDTH)
        answer = ProbeAnswer(
            ok=found.ok,
            message=masked_text(found.message),
            width=found.width,
            height=found.height,
            fps=found.fps,
            codec=found.codec,
            took_s=round(found.took_s, 2),
            jpeg=base64.b64encode(picture).decode(),
        )
    finally:
        _at_once.release()
    cache.set(probe_key(request_id), answer, RESULT_KEPT_S)


def _refusal(message: str) -> ProbeAnswer:
    return ProbeAnswer(ok=False, message=message, width=0, height=0, fps=0.0, codec="", took_s=0.0, jpeg="")
