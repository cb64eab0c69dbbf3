"""The shape of a camera's picture, so that a page keeps the right room for it before it is there."""

from __future__ import annotations

from cameras.models import Camera, CameraState

CLASSIC_BELOW = 1.5
"""Width by height under which a picture is shown as 4:3; from there as 16:9, which pages take for granted."""


def picture_shape(camera: Camera) -> str:
    """Return "tall", "classic", or nothing for a wide picture and for one whose size no worker has told yet."""
    state: CameraState | None = getattr(camera, "state", None)
    if state is None or not state.width or not state.height:
        return ""
    ratio = state.width / state.height
    if ratio < 1.0:
        return "tall"
    return "classic" if ratio < CLASSIC_BELOW else ""
