"""Tell whether two addresses name the same picture: who logs in, and with what, does not matter."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

from cameras.credentials import SECRET_NAME

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
"""An address with TLS and one without name the same picture."""
_USB = re.compile(r"usb:(\d{1,3})")
_PORT = re.compile(r":\d{0,5}")


def same_picture(one: str, other: str) -> bool:
    """Return whether two addresses, in clear, name the same picture."""
    return picture_named(one) == picture_named(other)


def picture_digest(source: str) -> str:
    """Return 16 digits of a SHA-256 over what names the picture of an address; nothing of the address shows in it."""
    return hashlib.sha256("\n".join(picture_named(source)).encode()).hexdigest()[:16]


def picture_named(source: str) -> tuple[str, ...]:
    """Return what of an address, in clear, names the picture.

    Of a USB camera the device, without its microphone; of a file its path; else protocol, host, port, path, and what
    is asked for behind the path (a channel, a stream) except for names, passwords and keys.
    """
    usb = _USB.match(source)
    if usb is not None:
        return ("usb", str(int(usb[1])))
    scheme, separator, rest = source.partition("://")
    scheme = scheme.lower()
    if not separator:
        return ("file", source)
    if scheme not in DEFAULT_PORTS:
        return ("file", unquote(rest)) if scheme == "file" else (scheme, rest)
    try:
        parts = urlsplit(f"{scheme}://{_without_login(rest)}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return (scheme, _without_login(rest))
    named = [pair for pair in re.split("[&;]", parts.query) if pair and not SECRET_NAME.search(pair.partition("=")[0])]
    return (
        scheme.removesuffix("s"),
        host.rstrip("."),
        "" if port in (None, DEFAULT_PORTS[scheme]) else str(port),
        unquote(parts.path).rstrip("/"),
        *sorted(named),
    )


def _without_login(rest: str) -> str:
    """Return what follows user and password, which people paste with / and ? unescaped; a path may hold an @ too."""
    place = re.split("[/?#]", rest, maxsplit=1)[0]
    if "@" in place:
        return place.rpartition("@")[2] + rest[len(place) :]
    host, colon, port = place.rpartition(":")
    cut_password = colon and not host.endswith("]") and "]" not in port and not _PORT.fullmatch(colon + port)
    return rest.rpartition("@")[2] if cut_password and "@" in rest else rest
