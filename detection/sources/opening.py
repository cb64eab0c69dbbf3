"""Choose the decoder for an address."""

from __future__ import annotations

from collections.abc import Callable

from detection.sources.av_decoder import AvDecoder
from detection.sources.decoder import Decoder, Sound
from detection.sources.settings import SourceSettings
from detection.sources.uri import kind_of, usb_parts
from detection.sources.usb_decoder import UsbDecoder


def open_decoder(uri: str, settings: SourceSettings, on_sound: Callable[[Sound], None] | None = None) -> Decoder:
    """Open uri and return its decoder; blocks up to connect_timeout_s and raises SourceError when it cannot.

    on_sound is called, by whoever reads the pictures, with the sound that comes along; None leaves it out.
    """
    kind = kind_of(uri)
    if kind == "usb":
        return UsbDecoder(*usb_parts(uri), on_sound)
    return AvDecoder(uri, kind, settings, on_sound)
