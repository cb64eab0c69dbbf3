"""What a person reads when an engine cannot run."""

from __future__ import annotations


class EngineError(RuntimeError):
    """One or two full sentences: the thing, the value, the way out. Shown without a traceback."""
