"""Bring what the scorer and the senses say of one frame to one score, one category and one reason."""

from detection.fuse.fuse import Fused, fuse

__all__ = ["Fused", "fuse"]
