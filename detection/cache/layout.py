"""The file of a recording: a header, then records, each with its length and checksum.

    header   MAGIC, format (u16), length (u32), CRC-32 (u32), the identity as JSON
    record   kind (u8), length (u32), CRC-32 (u32), content

Numbers are little-endian. A file that was cut short anywhere is whole up to its last whole record.
"""

from __future__ import annotations

import struct
import zlib
from enum import IntEnum

from detection.cache.errors import CacheError
from detection.cache.identity import FORMAT, Identity

MAGIC = b"VEDETTES"
HEADER = struct.Struct("<8sHII")
RECORD = struct.Struct("<BII")
MAX_HEADER = 1024 * 1024


class Kind(IntEnum):
    """What a record holds. START: a watch began; FLUSHED: the source was gone; END: it was read to its end."""

    START = 1
    SIGHT = 2
    FLUSHED = 3
    END = 4


def header_of(identity: Identity) -> bytes:
    """Return the header of a recording."""
    text = identity.to_json().encode()
    return HEADER.pack(MAGIC, FORMAT, len(text), zlib.crc32(text)) + text


def record_of(kind: Kind, content: bytes = b"") -> bytes:
    """Return one record."""
    return RECORD.pack(kind, len(content), zlib.crc32(content)) + content


def read_header(name: str, start: bytes) -> tuple[Identity, int]:
    """Return the identity in the first bytes of a file, and where its records begin.

    Raises CacheError, calling the file name, for a foreign file, another format and a damaged header.
    """
    if len(start) < HEADER.size or start[: len(MAGIC)] != MAGIC:
        raise CacheError(f"The file '{name}' is not a recording of Vedette. Move it out of the cache folder.")
    _, version, length, digest = HEADER.unpack_from(start)
    if version != FORMAT:
        raise CacheError(
            f"The recording '{name}' is of format {version}, and this Vedette reads format {FORMAT}. Record it again."
        )
    text = start[HEADER.size : HEADER.size + length]
    if len(text) != length or zlib.crc32(text) != digest:
        raise CacheError(f"The header of the recording '{name}' is damaged. Delete it, and record it again.")
    try:
        return Identity.from_json(text.decode()), HEADER.size + length
    except (ValueError, KeyError, TypeError) as error:
        raise CacheError(f"The header of the recording '{name}' is damaged. Delete it, and record it again.") from error
