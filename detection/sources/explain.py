"""Turn what FFmpeg says into what a person can act on."""

from __future__ import annotations

import errno
import socket

import av
import av.error

from detection.sources.errors import SourceError
from detection.sources.uri import file_path, host_of, kind_of, mask_credentials

SOME_DOWN = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


def explain(error: Exception, uri: str, *, took_s: float, timeout_s: float) -> SourceError:
    """Return the SourceError for an FFmpeg error met while opening or reading uri.

    FFmpeg's own text is left out: it repeats the address with its password. took_s and timeout_s (seconds) tell a
    timeout from a refusal, because FFmpeg reports some of its timeouts as invalid data.
    """
    if kind_of(uri) == "file":
        return _explain_file(error, uri)
    shown = mask_credentials(uri)
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return SourceError(
            f"{shown} refused the user name or password. Correct them in the camera's address.", retry="slowly"
        )
    if isinstance(error, av.error.HTTPNotFoundError):
        return SourceError(
            f"{shown} has no such stream (404). Check the path after the host; the camera's manual names it.",
            retry="slowly",
        )
    if isinstance(error, av.error.HTTPError):
        return SourceError(f"{shown} answered with an error. Check the address and the camera's own page.")
    if isinstance(error, ConnectionRefusedError):
        return SourceError(f"{shown} refused the connection. Check the port, and that streaming is on in the camera.")
    if took_s >= timeout_s * 0.95 or isinstance(error, TimeoutError | av.error.ExitError):
        return SourceError(
            f"{shown} did not answer within {timeout_s:g} s. Check that the camera has power and can be reached."
        )
    if isinstance(error, OSError) and error.errno in SOME_DOWN:
        return SourceError(f"{shown} cannot be reached. Check the host address and the network between.")
    if isinstance(error, OSError) and not _resolves(host_of(uri)):
        return SourceError(f"The host of {shown} is not known. Check its name, or use the camera's IP address.")
    if isinstance(error, ConnectionError | av.error.EOFError | BrokenPipeError):
        return SourceError(f"{shown} closed the connection. It is tried again by itself.")
    if isinstance(error, av.error.InvalidDataError):
        return SourceError(
            f"{shown} answered with something that is not video. Check that the port and the path are those of the "
            "camera's stream."
        )
    return SourceError(f"{shown} cannot be read ({type(error).__name__}). Check the address and the camera.")


def _explain_file(error: Exception, uri: str) -> SourceError:
    path = file_path(uri)
    if isinstance(error, FileNotFoundError):
        return SourceError(f"There is no file {path}. Check the path.", retry="slowly")
    if isinstance(error, PermissionError):
        return SourceError(f"{path} may not be read by this user. Change its permissions.", retry="slowly")
    return SourceError(
        f"{path} is damaged or not a video: nothing in it can be decoded. Export it again, as MP4 with H.264.",
        retry="slowly",
    )


def _resolves(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return True
