"""Where pictures come from: RTSP, HTTP, files and USB cameras, read by one thread each."""

from __future__ import annotations

from detection.sources.errors import SourceError
from detection.sources.live import LiveSource
from detection.sources.probe import ProbeResult, probe
from detection.sources.settings import SourceSettings
from detection.sources.state import SourceState
from detection.sources.uri import mask_credentials

__all__ = [
    "LiveSource",
    "ProbeResult",
    "SourceError",
    "SourceSettings",
    "SourceState",
    "mask_credentials",
    "open_source",
    "probe",
]


def open_source(uri: str, settings: SourceSettings | None = None) -> LiveSource:
    """Return the source at uri, not yet started: rtsp(s)://, http(s)://, a file path or file://, or "usb:0".

    Raises SourceError when uri is none of these.
    """
    return LiveSource(uri, settings)
