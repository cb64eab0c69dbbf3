"""Write a recording as its sights come, so that whatever ends the process leaves all of them but the last."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from detection.cache.codec import Encoder
from detection.cache.errors import CacheError
from detection.cache.folder import CacheFolder
from detection.cache.identity import Identity
from detection.cache.layout import Kind, header_of, record_of
from detection.cache.reader import Recording
from detection.sight import Sight

ROOM_EVERY_BYTES = 16 * 1024 * 1024
"""Room is made in the folder each time that so much was written."""


class CacheWriter:
    """A Tape on disk. One thread calls add and flushed; nothing is kept in memory but the sight before.

    The file appears with its first sight, in place of an older recording of the same; with `append` it goes on after
    the older one's last whole record, as for a live source, whose footage does not come again. When it cannot be
    written, on_trouble gets one sentence, and the watch goes on without.
    """

    def __init__(
        self, folder: CacheFolder, identity: Identity, on_trouble: Callable[[str], None], *, append: bool = False
    ) -> None:
        self._folder = folder
        self._identity = identity
        self._on_trouble = on_trouble
        self._append = append
        self._path = folder.path / identity.file_name
        self._encoder = Encoder()
        self._file: BinaryIO | None = None
        self._given_up = False
        self._flushed = True
        self._written = self._roomed = 0

    @property
    def path(self) -> Path:
        """Return where the recording is, or will be."""
        return self._path

    def add(self, sight: Sight) -> None:
        """Write one sight."""
        self._flushed = False
        self._put(record_of(Kind.SIGHT, self._encoder.encode(sight)))

    def flushed(self) -> None:
        """Write that the source was gone, once."""
        if not self._flushed:
            self._flushed = True
            self._put(record_of(Kind.FLUSHED))

    def close(self, *, complete: bool) -> None:
        """Close the file; complete says that the source was read to its end. Idempotent."""
        if complete and self._file is not None:
            self._put(record_of(Kind.END))
        self._leave()

    def _put(self, record: bytes) -> None:
        if self._given_up:
            return
        try:
            if self._file is None:
                self._file = self._open()
            if self._written - self._roomed >= ROOM_EVERY_BYTES:
                self._make_room()
            self._write(record)
        except CacheError as error:
            self._give_up(str(error))
        except OSError as error:
            self._give_up(
                f"The recording of {self._identity.name} stops here: {self._folder.path} cannot be written "
                f"({error.strerror or error}). The watch goes on without it."
            )

    def _open(self) -> BinaryIO:
        self._folder.path.mkdir(parents=True, exist_ok=True)
        self._folder.make_room(keep=self._path)
        if self._append and self._path.exists():
            return self._go_on()
        # Beside the old recording first: a watch that never sees a picture shall not cost it.
        part = self._path.with_suffix(f".{os.getpid()}.part")
        file = part.open("wb", buffering=0)
        _claim(file, self._path)
        self._file = file
        self._write(header_of(self._identity) + record_of(Kind.START))
        part.replace(self._path)
        return file

    def _go_on(self) -> BinaryIO:
        try:
            end = Recording.open(self._path).end()
        except CacheError as error:
            raise CacheError(f"{error} The watch goes on without recording.") from error
        file = self._path.open("r+b", buffering=0)
        _claim(file, self._path)
        file.truncate(end)
        file.seek(end)
        self._file, self._written = file, end
        self._write(record_of(Kind.START))
        return file

    def _write(self, data: bytes) -> None:
        """Write all of data, or leave the file as it was."""
        assert self._file is not None
        before, rest = self._written, memoryview(data)
        try:
            while rest:
                count = self._file.write(rest)
                if not count:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                rest = rest[count:]
        except OSError:
            with suppress(OSError):
                self._file.truncate(before)
            raise
        self._written += len(data)

    def _make_room(self) -> None:
        self._roomed = self._written
        if self._folder.make_room(keep=self._path) > self._folder.limit_bytes:
            raise CacheError(
                f"The recording of {self._identity.name} stops here: alone it takes more than the "
                f"{self._folder.limit_bytes / 1e9:g} GB that recordings may take. The watch goes on without it."
            )

    def _give_up(self, sentence: str) -> None:
        self._given_up = True
        self._leave()
        self._on_trouble(sentence)

    def _leave(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._given_up = True


def _claim(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise CacheError(
            f"Another watch is writing the recording '{path.name}'. This one goes on without recording."
        ) from error
