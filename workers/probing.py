"""Try a camera's address once, for the person who is setting it up."""

from __future__ import annotations

import base64
import threading
from uuid import UUID

from cameras.credentials import UnreadableSource, decrypt, masked_text
from cameras.probe import ProbeAnswer, probe_finish
from detection.evidence import encode_jpeg
from detection.sources import probe

PICTURE_MAX_WIDTH = 640

PROBES_AT_ONCE = 2
"""A silent address takes eight seconds; the ticks that keep cameras watched run in the same worker."""

BUSY = "Other addresses are being tested at this moment. Try again in a few seconds."

_at_once = threading.BoundedSemaphore(PROBES_AT_ONCE)


def probe_source(request_id: str, encrypted: str) -> None:
    """Open the address for a moment and leave the answer in the cache; it never carries credentials."""
    if not _at_once.acquire(blocking=False):
        probe_finish(request_id=UUID(request_id), answer=_refusal(BUSY))
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
    probe_finish(request_id=UUID(request_id), answer=answer)


def _refusal(message: str) -> ProbeAnswer:
    return ProbeAnswer(ok=False, message=message, width=0, height=0, fps=0.0, codec="", took_s=0.0, jpeg="")
