"""What must be true before anything starts, and what to say when it is not."""

from __future__ import annotations

import errno
import json
import os
import socket
from pathlib import Path

from config.engines.locks import FileLock


class Refusal(Exception):
    """A start that makes no sense; its text is all that the person sees."""


def claim_home(home: Path, address: str) -> FileLock:
    """Take the home for this supervisor; the lock goes with the process.

    Raises:
        Refusal: another one runs on it, with its address and process id.
    """
    folder = home / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(folder / "up.lock")
    if not lock.take():
        first = _claim(lock.read())
        lock.close()
        raise Refusal(
            f"Vedette already runs on {home}: {first['address']}, process {first['pid']}. "
            f"Stop that one (Ctrl-C there, or: kill {first['pid']}), "
            "or set VEDETTE_HOME to another folder and PORT to another port."
        )
    lock.write(json.dumps({"pid": os.getpid(), "address": address}))
    return lock


def require_free_port(host: str, port: int) -> None:
    """Raise Refusal when nothing can listen on `host`:`port`, naming the way out."""
    if not 0 < port < 2**16:
        raise Refusal(f"Port {port} does not exist: choose one from 1 to 65535, e.g. PORT=8001.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise Refusal(f"This machine has no address {host}: use --host 127.0.0.1, or 0.0.0.0 for all.") from error
        if error.errno == errno.EACCES:
            raise Refusal(f"Port {port} needs administrator rights: choose one over 1023, e.g. PORT=8000.") from error
        raise Refusal(
            f"Port {port} on {host} is taken by another program. Choose another one: PORT={port % 65535 + 1} make run"
        ) from error


def absolute_video(video: str) -> str:
    """Return `video` so that it means the same from every folder: an address as it is, a file's absolute path.

    Raises:
        Refusal: it names a file that is not there.
    """
    if "://" in video or video.startswith("usb:"):
        return video
    path = Path(video).expanduser().absolute()
    if not path.is_file():
        raise Refusal(f"VIDEO={video}: there is no file {path}. Give a video file, rtsp://… or usb:0.")
    return str(path)


def _claim(text: str) -> dict[str, str]:
    try:
        return {"pid": "unknown", "address": "still starting", **json.loads(text)}
    except ValueError:
        return {"pid": "unknown", "address": "still starting"}
