"""Turn what a manager wants (so many alerts a day, such a share of frames) into a threshold for one camera."""

from detection.calibrate.choice import AlertsPerDay, Calibration, Fixed, Share, Wanted, calibrate
from detection.calibrate.counting import Opened, alerts
from detection.calibrate.series import ScoreSeries, SeriesError

__all__ = [
    "AlertsPerDay",
    "Calibration",
    "Fixed",
    "Opened",
    "ScoreSeries",
    "SeriesError",
    "Share",
    "Wanted",
    "alerts",
    "calibrate",
]
