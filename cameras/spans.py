"""Say spans of time as people do."""

from __future__ import annotations


def span_words(seconds: float) -> str:
    """Return a span in its largest whole unit: “40 seconds”, “12 minutes”, “5 hours”, “3 days”."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        # From two units on: “1 day” would stand for anything up to 47 hours.
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}s"
    if seconds >= 60:
        return "1 minute"
    count = max(0, int(seconds))
    return f"{count} second{'' if count == 1 else 's'}"
