"""Read and show source addresses; credentials never leave this file in clear."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from detection.sources.errors import SourceError

Kind = Literal["rtsp", "http", "file", "usb"]

SCHEMES: dict[str, Kind] = {"rtsp": "rtsp", "rtsps": "rtsp", "http": "http", "https": "http", "file": "file"}
USB = re.compile(r"usb:(\d{1,3})(?:\?microphone=([A-Za-z0-9_:,.=-]{1,60}))?")
HIDDEN = "***"
SECRET_PARAMETER = re.compile(
    r"(?i)([?&;][^=&;#]*(?:pass|pwd|psw|user|usr|login|token|auth|secret|key|sig)[^=&;#]*=)[^&;#]*"
)

LOGIN_WITHOUT_SCHEME = re.compile(r"[^/\\\s:@]+:[^\s]*@[^/\\\s]")


def mask_credentials(uri: str) -> str:
    """Return uri with user, password and secret query values hidden: rtsp://***:***@host/path.

    An address pasted without its scheme (user:password@host) is hidden too, while other text without :// is a path.

    Everything up to the last @ counts as credentials, since people paste passwords that hold @, / and ? unescaped;
    a path with an @ in it loses its host on display, which is the safe side.
    """
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return f"{HIDDEN}:{HIDDEN}@" + uri.rpartition("@")[2] if LOGIN_WITHOUT_SCHEME.match(uri) else uri
    if "@" in rest and SCHEMES.get(scheme.lower()) != "file":
        rest = f"{HIDDEN}:{HIDDEN}@" + rest.rpartition("@")[2]
    return SECRET_PARAMETER.sub(rf"\g<1>{HIDDEN}", f"{scheme}://{rest}")


def kind_of(uri: str) -> Kind:
    """Return what sort of source uri names; raises SourceError with the forms that are understood."""
    if USB.fullmatch(uri):
        return "usb"
    scheme, separator, _ = uri.partition("://")
    if separator and scheme.lower() in SCHEMES:
        return SCHEMES[scheme.lower()]
    if not uri.strip() or separator or uri.lower().startswith("usb:") or LOGIN_WITHOUT_SCHEME.match(uri):
        raise SourceError(
            f"“{mask_credentials(uri)}” is not an address Vedette can watch. Use rtsp://host/path, rtsps://, http://, "
            "https://, the path of a video file, or usb:0 for the first USB camera.",
            retry="never",
        )
    return "file"


def usb_parts(uri: str) -> tuple[int, str]:
    """Return the index of a USB camera, and the name of its microphone as ALSA has it, "" for none."""
    found = USB.fullmatch(uri)
    if found is None:
        raise SourceError(f"“{mask_credentials(uri)}” is no USB camera. Write usb:0.", retry="never")
    return int(found[1]), found[2] or ""


def file_path(uri: str) -> Path:
    """Return the path of a file source, given as a path or as file://."""
    if uri.lower().startswith("file://"):
        return Path(unquote(urlsplit(uri).path))
    return Path(uri)


def shown(uri: str) -> str:
    """Return how messages name the source: a plain path for a file, else the address without credentials."""
    return str(file_path(uri)) if kind_of(uri) == "file" else mask_credentials(uri)


def host_of(uri: str) -> str:
    """Return the host of a network source, or an empty string."""
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""
