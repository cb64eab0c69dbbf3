"""Turn the pipeline's Unix seconds into the database's moments."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(unix_s: float) -> datetime:
    """Return Unix seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(unix_s, UTC)
