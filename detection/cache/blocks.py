"""Put the parts of a sight into bytes and back: nothing is rounded."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from detection.features import FEATURES, FrameFeatures
from detection.score.base import Seen
from detection.types import Detection, Track

_COUNT = struct.Struct("<H")
_LENGTH = struct.Struct("<I")
_DETECTION = struct.Struct("<5d")
_TRACK = struct.Struct("<qqd4dd2d")
_FEATURES = struct.Struct(f"<{len(FEATURES)}d")
_ARRAY = struct.Struct("<BBBB")
"""Length of the name, length of the type, dimensions, and whether the values follow or all bits are 0."""


def pack_detections(detections: Sequence[Detection]) -> bytes:
    """Return detections as bytes."""
    parts = [_COUNT.pack(len(detections))]
    for found in detections:
        parts += [_text(found.label), _DETECTION.pack(*found.box, found.confidence)]
    return b"".join(parts)


def unpack_detections(data: bytes) -> tuple[Detection, ...]:
    """Return what pack_detections wrote."""
    (count,), at = _COUNT.unpack_from(data), _COUNT.size
    found = []
    for _ in range(count):
        label, at = _read_text(data, at)
        left, top, right, bottom, confidence = _DETECTION.unpack_from(data, at)
        at += _DETECTION.size
        found.append(Detection((left, top, right, bottom), label, confidence))
    return tuple(found)


def pack_tracks(tracks: Sequence[Track]) -> bytes:
    """Return tracks as bytes."""
    parts = [_COUNT.pack(len(tracks))]
    for t in tracks:
        numbers = _TRACK.pack(t.track_id, t.age_frames, t.age_s, *t.box, t.confidence, *t.velocity_px_s)
        parts += [_text(t.label), numbers]
    return b"".join(parts)


def unpack_tracks(data: bytes) -> tuple[Track, ...]:
    """Return what pack_tracks wrote."""
    (count,), at = _COUNT.unpack_from(data), _COUNT.size
    tracks = []
    for _ in range(count):
        label, at = _read_text(data, at)
        key, frames, age_s, left, top, right, bottom, sure, vx, vy = _TRACK.unpack_from(data, at)
        at += _TRACK.size
        tracks.append(Track(key, (left, top, right, bottom), label, sure, frames, age_s, (vx, vy)))
    return tuple(tracks)


def pack_features(features: FrameFeatures | None) -> bytes:
    """Return the 24 features as bytes; none where there are none."""
    return b"" if features is None else _FEATURES.pack(*(getattr(features, name) for name in FEATURES))


def unpack_features(data: bytes) -> FrameFeatures | None:
    """Return what pack_features wrote."""
    return FrameFeatures(*_FEATURES.unpack(data)) if data else None


def pack_seen(seen: Seen) -> bytes:
    """Return named arrays as bytes, in the order of the mapping; of an array of zeros only its shape."""
    parts = [_COUNT.pack(len(seen))]
    for name, array in seen.items():
        raw = array.tobytes()
        label, kind, filled = name.encode(), array.dtype.str.encode(), raw.count(0) < len(raw)
        parts += [_ARRAY.pack(len(label), len(kind), array.ndim, filled), label, kind]
        parts.append(struct.pack(f"<{array.ndim}I", *array.shape))
        parts += [raw] if filled else []
    return b"".join(parts)


def unpack_seen(data: bytes) -> Seen:
    """Return what pack_seen wrote, each array its own and free to be written to."""
    (count,), at = _COUNT.unpack_from(data), _COUNT.size
    seen = {}
    for _ in range(count):
        label, kind, dimensions, filled = _ARRAY.unpack_from(data, at)
        at += _ARRAY.size
        name, dtype = data[at : at + label].decode(), np.dtype(data[at + label : at + label + kind].decode())
        at += label + kind
        shape = struct.unpack_from(f"<{dimensions}I", data, at)
        at += 4 * dimensions
        if not filled:
            seen[name] = np.zeros(shape, dtype)
            continue
        size = int(np.prod(shape, dtype=np.int64))
        seen[name] = np.frombuffer(data, dtype, size, at).reshape(shape).copy()
        at += size * dtype.itemsize
    return seen


def _text(text: str) -> bytes:
    raw = text.encode()
    return _LENGTH.pack(len(raw)) + raw


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    end = at + _LENGTH.size + length
    return data[at + _LENGTH.size : end].decode(), end
