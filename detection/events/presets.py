"""Name the detection settings that a camera can be given."""

from __future__ import annotations

from detection.events.machine import EventSettings

PRESETS: dict[str, EventSettings] = {
    "conservative": EventSettings(threshold=0.85, alone_at=0.85),
    "balanced": EventSettings(threshold=0.75),
    "moderate": EventSettings(threshold=0.60, alone_at=0.70),
    "sensitive": EventSettings(threshold=0.45, alone_at=0.60),
}


def preset(name: str) -> EventSettings:
    """Return the settings of a preset; raises ValueError that lists the names there are."""
    try:
        return PRESETS[name]
    except KeyError:
        raise ValueError(f"There is no preset '{name}'. Choose one of: {', '.join(PRESETS)}.") from None
