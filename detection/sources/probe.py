"""Test a source once: is there a picture, and if not, why."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass, field

from detection.masks import Polygon, apply_masks
from detection.sources.errors import SourceError
from detection.sources.opening import open_decoder
from detection.sources.settings import SourceSettings
from detection.sources.uri import kind_of, mask_credentials
from detection.types import Image


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a connection test found.

    message is a full sentence for people, free of credentials. image is (height, width, 3) uint8 BGR at the stream's
    size up to 1280 pixels wide, None when not ok; width, height and fps are the stream's own.
    """

    ok: bool
    message: str
    image: Image | None = field(default=None, repr=False)
    width: int = 0
    height: int = 0
    fps: float = 0.0
    codec: str = ""
    took_s: float = 0.0


def probe(uri: str, timeout_s: float = 8.0, masks: tuple[Polygon, ...] = ()) -> ProbeResult:
    """Open uri, take its first picture and close it; a bad camera gives ok=False, never an exception.

    It returns within about timeout_s (seconds) even where a driver hangs: the attempt then runs out in its own thread.
    """
    started = time.monotonic()
    found: list[ProbeResult] = []
    attempt = threading.Thread(
        target=lambda: found.append(_attempt(uri, timeout_s, masks, started)), name="probe", daemon=True
    )
    attempt.start()
    attempt.join(timeout_s + 0.5)
    if found:
        return found[0]
    message = (
        f"{mask_credentials(uri)} did not give a picture within {timeout_s:g} s. Check the camera and the network."
    )
    return ProbeResult(ok=False, message=message, took_s=time.monotonic() - started)


def _attempt(uri: str, timeout_s: float, masks: tuple[Polygon, ...], started: float) -> ProbeResult:
    settings = SourceSettings(connect_timeout_s=timeout_s, read_timeout_s=timeout_s)
    try:
        live = kind_of(uri) != "file"
        with closing(open_decoder(uri, settings)) as decoder:
            picture = next(decoder.pictures(), None)
            if picture is None:
                raise SourceError(f"{mask_credentials(uri)} holds no picture that can be decoded. Export it again.")
            image = apply_masks(picture.convert(settings.max_width), masks)
            info = decoder.info
    except SourceError as error:
        return ProbeResult(ok=False, message=str(error), took_s=time.monotonic() - started)
    rate = f" at {info.fps:g} frames a second" if info.fps else ""
    return ProbeResult(
        ok=True,
        message=f"{'The camera' if live else 'The file'} shows {info.width}×{info.height}{rate} ({info.codec}).",
        image=image,
        width=info.width,
        height=info.height,
        fps=info.fps,
        codec=info.codec,
        took_s=time.monotonic() - started,
    )
