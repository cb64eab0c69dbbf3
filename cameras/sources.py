"""Say which addresses a camera may have, and who may name a file or a device of the server."""

from __future__ import annotations

import re
import string
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import Organization

NETWORK_SCHEMES = ("rtsp", "rtsps", "http", "https")
MAX_LENGTH = 2000
_USB = re.compile(r"usb:\d{1,3}(\?microphone=[A-Za-z0-9_:,.=-]{1,60})?")
"""As detection.sources.uri, which would load the decoders into the portal."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_FORMS = "Use rtsp://host/path, rtsps://, http://, https://, the name of a video file, or usb:0 for a USB camera."


def media_folder(organization: Organization) -> Path:
    """Return the one folder whose files the organization's managers may watch as a camera."""
    return (Path(settings.VEDETTE_MEDIA) / organization.slug).resolve()


def check_source(source: str, *, organization: Organization, trusted: bool) -> str:
    """Return the address in the form to store.

    trusted callers (the installation's administrator) may name any file and USB camera of the server. Everyone else's
    files must lie in the organization's media folder, or a manager of one organization could watch another's files.

    Raises:
        ValidationError: on field `source`; the message never repeats what was typed, which may hold a password.
    """
    source = source.strip()
    if not source:
        raise _refusal(f"A camera needs an address. {_FORMS}")
    if len(source) > MAX_LENGTH or any(character < " " or character == "\x7f" for character in source):
        raise _refusal(f"The address is longer than {MAX_LENGTH} characters or holds a line break.")
    if _USB.fullmatch(source):
        return _usb(source, trusted)
    scheme = _SCHEME.match(source)
    if scheme is None:
        return _file(source, organization, trusted)
    if scheme.group(1).lower() == "file" and source[5:].startswith("//"):
        return _file(unquote(urlsplit(source).path), organization, trusted)
    if scheme.group(1).lower() not in NETWORK_SCHEMES:
        raise _refusal(f"Vedette cannot watch an address of this kind. {_FORMS}")
    return _network(source)


def _network(source: str) -> str:
    # The credentials are cut off first: an unescaped / or ? in a password would otherwise hide the host.
    scheme, separator, rest = source.partition("://")
    place = rest.rpartition("@")[2]
    try:
        parts = urlsplit(f"{scheme}://{place}")
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise _refusal("The host or port in the address is not valid; a port is a number up to 65535.") from None
    if not separator or not host or set(host) - set(string.ascii_letters + string.digits + ".-_:%[]") - _letters(host):
        raise _refusal("The address names no host. It should read like rtsp://user:password@10.0.0.8:554/stream.")
    return source


def _letters(host: str) -> set[str]:
    """Return the letters beyond ASCII in a host: an international name is allowed, a space or quote is not."""
    return {character for character in host if character.isalpha()}


def _usb(source: str, trusted: bool) -> str:
    if not trusted:
        raise _refusal("Only the installation's administrator may use a USB camera of the server.")
    return source


def _file(path: str, organization: Organization, trusted: bool) -> str:
    if trusted:
        return str(Path(path).expanduser().absolute())
    folder = media_folder(organization)
    # A relative name is looked up in the folder; resolve() follows links, so none leads out of it.
    file = (folder / path).resolve()
    if not file.is_relative_to(folder):
        raise _refusal(
            f"A file must lie in {folder} on the server. Ask the installation's administrator to put it there."
        )
    if not file.is_file():
        raise _refusal(f"There is no file {file.relative_to(folder)} in {folder} on the server.")
    return str(file)


def _refusal(message: str) -> ValidationError:
    return ValidationError({"source": message})
