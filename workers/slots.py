"""How many cameras one watching process takes."""

from __future__ import annotations

import os
from collections.abc import Mapping

PER_CORE = 16


def camera_slots(environ: Mapping[str, str]) -> int:
    """Return VEDETTE_SLOTS, else PER_CORE a core: a bound; what the processor bears is measured (workers.headroom)."""
    return int(environ.get("VEDETTE_SLOTS") or PER_CORE * (os.cpu_count() or 1))
