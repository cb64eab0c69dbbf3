"""Frames with known times and pictures for the evidence tests."""

from __future__ import annotations

from detection.evidence import EncodedFrame, encode_jpeg
from detection.types import Frame
from tests.detection.clips import numbered

START = 1_760_000_000.0
"""Some moment in Unix seconds."""


def frame(index: int, fps: float = 10.0, width: int = 320, height: int = 240) -> Frame:
    """Return the index-th frame of a camera that began at START."""
    return Frame(numbered(index, width, height), index=index, at_s=index / fps, captured_at=START + index / fps)


def encoded(index: int, fps: float = 10.0, width: int = 320, height: int = 240) -> EncodedFrame:
    """Return the same as kept by a ring."""
    return EncodedFrame(encode_jpeg(numbered(index, width, height)), START + index / fps)
