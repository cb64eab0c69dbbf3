"""Choose the decoder for an address."""

from __future__ import annotations

from detection.sources.av_decoder import AvDecoder
from detection.sources.decoder import Decoder
from detection.sources.settings import SourceSettings
from detection.sources.uri import kind_of
from detection.sources.usb_decoder import UsbDecoder


def open_decoder(uri: str, settings: SourceSettings) -> Decoder:
    """Open uri and return its decoder; blocks up to connect_timeout_s and raises SourceError when it cannot."""
    kind = kind_of(uri)
    if kind == "usb":
        return UsbDecoder(int(uri.removeprefix("usb:")))
    return AvDecoder(uri, kind, settings)
