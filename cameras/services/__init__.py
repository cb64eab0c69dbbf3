"""Every change to sites, cameras and presets; each writes the audit trail in its own transaction.

`actor` is the person who asks, whose right is checked here once more; None is the installation itself (a command).
"""

from cameras.services.cameras import (
    camera_create,
    camera_delete,
    camera_disable,
    camera_enable,
    camera_source,
    camera_update,
)
from cameras.services.presets import preset_create, preset_delete, preset_update, presets_create_builtin
from cameras.services.sites import site_create, site_delete, site_update
from cameras.services.state import camera_state_report

__all__ = [
    "camera_create",
    "camera_delete",
    "camera_disable",
    "camera_enable",
    "camera_source",
    "camera_state_report",
    "camera_update",
    "preset_create",
    "preset_delete",
    "preset_update",
    "presets_create_builtin",
    "site_create",
    "site_delete",
    "site_update",
]
