"""Read a recording, also one that was cut short."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detection.cache.codec import MAX_RECORD, Decoder
from detection.cache.errors import CacheError
from detection.cache.identity import Identity
from detection.cache.layout import MAX_HEADER, RECORD, Kind, read_header, record_of
from detection.sight import Sight

_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording on disk: where it is, what it is of, and where its records begin."""

    path: Path
    identity: Identity
    first: int

    @classmethod
    def open(cls, path: Path) -> Recording:
        """Return the recording in a file; raises CacheError for one that is none, and where it cannot be read."""
        try:
            with path.open("rb") as file:
                identity, first = read_header(path.name, file.read(MAX_HEADER))
        except OSError as error:
            raise CacheError(f"The recording '{path.name}' cannot be read: {error.strerror or error}.") from error
        return cls(path, identity, first)

    @property
    def complete(self) -> bool:
        """Tell whether the source was read to its end. Raises OSError."""
        last = record_of(Kind.END)
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - len(last)))
            return file.read() == last

    def records(self) -> Iterator[tuple[Kind, bytes, int]]:
        """Yield kind, content and end (bytes from the start of the file) of each record.

        What a writer left half written at the end is passed over. Raises CacheError for damage before that.
        """
        try:
            with self.path.open("rb") as file:
                size, at = self.path.stat().st_size, self.first
                file.seek(at)
                while len(head := file.read(RECORD.size)) == RECORD.size:
                    kind, length, digest = RECORD.unpack(head)
                    if kind not in _KINDS or length > MAX_RECORD:
                        raise self._damaged(at)
                    end = at + RECORD.size + length
                    content = file.read(length)
                    if len(content) < length:
                        return
                    if zlib.crc32(content) != digest:
                        if end >= size:
                            return
                        raise self._damaged(at)
                    yield Kind(kind), content, end
                    at = end
        except OSError as error:
            raise CacheError(f"The recording '{self.path.name}' cannot be read: {error.strerror or error}.") from error

    def end(self) -> int:
        """Return where the last whole record ends, in bytes from the start of the file. Raises CacheError."""
        return max((end for _, _, end in self.records()), default=self.first)

    def steps(self) -> Iterator[tuple[Kind, Sight | None]]:
        """Yield what happened, in order, with the sight where there is one. Raises CacheError for damage."""
        decoder, at = Decoder(), self.first
        for kind, content, end in self.records():
            if kind is Kind.START:
                decoder = Decoder()
            if kind is not Kind.SIGHT:
                yield kind, None
                at = end
                continue
            try:
                sight = decoder.decode(content)
            except (struct.error, ValueError, IndexError, TypeError, zlib.error) as error:
                raise self._damaged(at) from error
            yield kind, sight
            at = end

    def _damaged(self, at: int) -> CacheError:
        return CacheError(
            f"The recording '{self.path.name}' of {self.identity.name} is damaged {at:,} bytes in. "
            "Delete it, and record it again."
        )
