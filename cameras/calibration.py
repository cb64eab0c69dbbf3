"""Which threshold holds for a camera: what its setting wants, and what its own scores made of that."""

from __future__ import annotations

from typing import TypedDict

from cameras.models import Basis, Camera, CameraCalibration, Preset

NEEDED_H = 6.0
"""Hours of scores from which a threshold can be promised: fewer say nothing of a day."""
WINDOW_DAYS = 7
"""A calibration looks at so many days: every hour of the week once."""


class Wanted(TypedDict, total=False):
    """What a setting asks for, exactly one of: alerts a day, a share of the frames (0–1), or the threshold itself."""

    alerts_per_day: float
    share: float
    threshold: float


class Outlook(TypedDict):
    """What another preset would do on a camera."""

    wanted: Wanted
    threshold: float
    alerts_per_day: float


def preset_wanted(preset: Preset) -> Wanted:
    """Return what a preset asks for on each of its cameras."""
    if preset.basis == Basis.ALERTS and preset.alerts_per_day is not None:
        return {"alerts_per_day": preset.alerts_per_day}
    if preset.basis == Basis.SHARE and preset.share is not None:
        return {"share": preset.share}
    return {"threshold": preset.threshold}


def camera_wanted(camera: Camera) -> Wanted:
    """Return what is asked for on this camera: its own target where it has one, else its preset's."""
    if camera.alerts_per_day is not None:
        return {"alerts_per_day": camera.alerts_per_day}
    if camera.share is not None:
        return {"share": camera.share}
    return preset_wanted(camera.preset)


def camera_threshold(camera: Camera) -> float:
    """Return the score (0–1) from which frames of this camera count, reading its preset and calibration.

    The calibrated one where the setting is a target and enough footage was looked at for exactly that target; else
    the preset's own threshold.
    """
    wanted = camera_wanted(camera)
    if "threshold" in wanted:
        return wanted["threshold"]
    calibration: CameraCalibration | None = getattr(camera, "calibration", None)
    if calibration is not None and calibration.enough:
        if calibration.wanted == wanted and calibration.threshold is not None:
            return calibration.threshold
        outlook: Outlook | None = calibration.presets.get(str(camera.preset_id))
        if outlook is not None and outlook["wanted"] == wanted:
            return outlook["threshold"]
    return camera.preset.threshold


def camera_fps(camera: Camera) -> float:
    """Return how many frames a second of this camera are analysed at most."""
    return camera.preset.analysed_fps if camera.analysed_fps is None else camera.analysed_fps
