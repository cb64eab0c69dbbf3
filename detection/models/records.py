"""Remember what lies in a models folder: each file's digest, where it came from, and since when."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from detection.models.errors import ModelError

RECORDS = "models.json"
VERSION = 1
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """One file as it was taken in: digest, size in bytes, time of its last change (ns), origin, Unix time.

    trusted: an administrator said that this file is right although it is not the published one.
    """

    sha256: str
    size: int
    changed_ns: int
    source: str
    at: float
    trusted: bool = False


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def record_of(path: Path, source: str, at: float, *, sha256: str = "", trusted: bool = False) -> Record:
    """Return the record of a file that lies there now; sha256 spares reading it again when it is known."""
    stat = path.stat()
    return Record(sha256 or sha256_of(path), stat.st_size, stat.st_mtime_ns, source, at, trusted)


def read_records(folder: Path) -> dict[str, Record]:
    """Return the records by path below the folder; an unreadable file counts as none, since all can be read anew."""
    try:
        data = json.loads((folder / RECORDS).read_text())
        if data["version"] != VERSION:
            return {}
        return {str(place): Record(**record) for place, record in data["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


@contextmanager
def writing_records(folder: Path) -> Iterator[dict[str, Record]]:
    """Give the records to be changed, and write them when the block ends; one process at a time.

    Raises ModelError when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / f".{RECORDS}.lock").open("w")
    except OSError as error:
        raise ModelError(f"The models folder {folder} cannot be written: {error.strerror}.") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        records = read_records(folder)
        yield records
        text = json.dumps({"version": VERSION, "files": {p: asdict(r) for p, r in sorted(records.items())}}, indent=1)
        partial = folder / f".{RECORDS}.{os.getpid()}.part"
        partial.write_text(text)
        partial.replace(folder / RECORDS)
