"""Say how a recording fails."""

from __future__ import annotations


class CacheError(Exception):
    """A recording cannot be written, found or read; the message is a full sentence that names the file."""
