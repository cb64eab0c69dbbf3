"""How many cameras one watching process takes."""

from __future__ import annotations

import os
from collections.abc import Mapping


def camera_slots(environ: Mapping[str, str]) -> int:
    """Return VEDETTE_SLOTS, else two a core and at least four."""
    return int(environ.get("VEDETTE_SLOTS") or max(4, 2 * (os.cpu_count() or 1)))
