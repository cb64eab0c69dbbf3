"""What is kept of an event: the seconds before it, a clip, and its peak frame with the tracks drawn in."""

from __future__ import annotations

from detection.evidence.clip import ClipInfo, write_clip
from detection.evidence.overlay import draw_overlay, encode_jpeg
from detection.evidence.recorder import ClipReady, EventRecorder
from detection.evidence.ring import EncodedFrame, PreRollRing

__all__ = [
    "ClipInfo",
    "ClipReady",
    "EncodedFrame",
    "EventRecorder",
    "PreRollRing",
    "draw_overlay",
    "encode_jpeg",
    "write_clip",
]
