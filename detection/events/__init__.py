"""Turn scores into events with a start, a peak and an end."""

from detection.events.machine import EventSettings
from detection.events.presets import PRESETS, preset
from detection.events.tracker import EventTracker

__all__ = ["PRESETS", "EventSettings", "EventTracker", "preset"]
