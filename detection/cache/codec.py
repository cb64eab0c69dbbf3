"""Put sights into records, each telling only what is not as it was in the one before."""

from __future__ import annotations

import struct
import zlib
from typing import get_args

from detection.cache.blocks import (
    pack_detections,
    pack_features,
    pack_seen,
    pack_tracks,
    unpack_detections,
    unpack_features,
    unpack_seen,
    unpack_tracks,
)
from detection.motion import GateDecision, GateReason
from detection.senses import pack_findings, unpack_findings
from detection.sight import Sight

REASONS: tuple[GateReason, ...] = get_args(GateReason)
BLOCKS = 7
"""Size, detections, tracks, features, what the scorer read, error, what the senses said."""
SHORT, LONG = 120, 16 * 1024
"""Bytes: below the first there is nothing to squeeze; above the second lie looks, which do not get smaller."""
MAX_RECORD = 64 * 1024 * 1024

_HEAD = struct.Struct("<HBIdddH")
"""Flags (gate open, squeezed, and one per block that follows), reason, index, at_s, captured_at, changed, refused."""
_BLOCK = struct.Struct("<I")
_SIZE = struct.Struct("<II")
_OPEN, _SQUEEZED, _FIRST = 1, 2, 4
_ONCE_MORE = (b"",) * BLOCKS


class Encoder:
    """Turn sights into records, in order."""

    def __init__(self) -> None:
        self._before: tuple[bytes, ...] = _ONCE_MORE

    def encode(self, sight: Sight) -> bytes:
        """Return the record of the next sight."""
        blocks = (
            _SIZE.pack(*sight.size),
            pack_detections(sight.detections),
            pack_tracks(sight.tracks),
            pack_features(sight.features),
            pack_seen(sight.seen),
            sight.error.encode(),
            pack_findings(sight.findings),
        )
        flags, parts = _OPEN * sight.gate.open, []
        for i, (block, before) in enumerate(zip(blocks, self._before, strict=True)):
            if block != before:
                flags |= _FIRST << i
                parts += [_BLOCK.pack(len(block)), block]
        self._before = blocks
        body = b"".join(parts)
        if SHORT < len(body) <= LONG:
            flags, body = flags | _SQUEEZED, zlib.compress(body, 1)
        gate = sight.gate
        head = (flags, REASONS.index(gate.reason), sight.index, sight.at_s, sight.captured_at, gate.changed_ratio)
        return _HEAD.pack(*head, min(sight.refused, 0xFFFF)) + body


class Decoder:
    """Turn records back into sights, in order."""

    def __init__(self) -> None:
        self._before = list(_ONCE_MORE)
        self._size = (0, 0)
        self._detections = unpack_detections(pack_detections(()))
        self._tracks = unpack_tracks(pack_tracks(()))
        self._features = unpack_features(b"")
        self._findings = unpack_findings(b"")

    def decode(self, record: bytes) -> Sight:
        """Return the sight of the next record.

        Raises struct.error, ValueError, IndexError, TypeError or zlib.error for what is no record.
        """
        flags, reason, index, at_s, captured_at, changed, refused = _HEAD.unpack_from(record)
        body = zlib.decompress(record[_HEAD.size :]) if flags & _SQUEEZED else record[_HEAD.size :]
        at, new = 0, [bool(flags & _FIRST << i) for i in range(BLOCKS)]
        for i in range(BLOCKS):
            if new[i]:
                (length,) = _BLOCK.unpack_from(body, at)
                at += _BLOCK.size
                self._before[i] = body[at : at + length]
                at += length
        size, detections, tracks, features, seen, error, findings = self._before
        if new[0]:
            self._size = _SIZE.unpack(size)
        if new[1]:
            self._detections = unpack_detections(detections)
        if new[2]:
            self._tracks = unpack_tracks(tracks)
        if new[3]:
            self._features = unpack_features(features)
        if new[6]:
            self._findings = unpack_findings(findings)
        return Sight(
            index,
            at_s,
            captured_at,
            self._size,
            GateDecision(bool(flags & _OPEN), REASONS[reason], changed),
            self._detections,
            self._tracks,
            self._features,
            unpack_seen(seen),
            refused,
            error.decode(),
            self._findings,
        )
