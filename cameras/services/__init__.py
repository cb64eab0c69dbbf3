"""Every change to sites, cameras, presets and senses; each writes the audit trail in its own transaction.

`actor` is the person who asks, whose right is checked here once more; None is the installation itself (a command).
"""

from cameras.calibration import camera_fps, camera_threshold, camera_wanted, preset_wanted
from cameras.services.baselines import baseline_relearn, baseline_report, baseline_saved
from cameras.services.calibrations import calibration_ask, calibration_put
from cameras.services.cameras import (
    camera_create,
    camera_delete,
    camera_disable,
    camera_enable,
    camera_follow,
    camera_source,
    camera_update,
)
from cameras.services.presets import preset_create, preset_delete, preset_update, presets_create_builtin
from cameras.services.scores import scores_prune, scores_put
from cameras.services.senses import sense_settings_update
from cameras.services.sites import site_create, site_delete, site_update
from cameras.services.state import camera_state_report

__all__ = [
    "baseline_relearn",
    "baseline_report",
    "baseline_saved",
    "calibration_ask",
    "calibration_put",
    "camera_create",
    "camera_delete",
    "camera_disable",
    "camera_enable",
    "camera_follow",
    "camera_fps",
    "camera_source",
    "camera_state_report",
    "camera_threshold",
    "camera_update",
    "camera_wanted",
    "preset_create",
    "preset_delete",
    "preset_update",
    "preset_wanted",
    "presets_create_builtin",
    "scores_prune",
    "scores_put",
    "sense_settings_update",
    "site_create",
    "site_delete",
    "site_update",
]
