"""How moments and spans read in a timeline."""

from __future__ import annotations

import datetime as dt


def moment(unix_s: float) -> dt.datetime:
    """Return Unix seconds as an aware UTC time."""
    return dt.datetime.fromtimestamp(unix_s, dt.UTC)


def span(length: dt.timedelta) -> str:
    """Say a length in its two largest units: 40 s, 3 min 5 s, 2 h 10 min."""
    seconds = max(0, round(length.total_seconds()))
    for unit_s, unit, part_s, part in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= unit_s:
            rest = seconds % unit_s // part_s
            return f"{seconds // unit_s} {unit}" + (f" {rest} {part}" if rest else "")
    return f"{seconds} s"


def fitted(text: str, most: int) -> str:
    """Return the text, cut with an ellipsis when it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
