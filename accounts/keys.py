"""Digest API keys: the database never holds a key that works."""

from __future__ import annotations

import hashlib


def digest(key: str) -> str:
    """Return the SHA-256 of a key as hex; keys are random and long, so no salt and no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
