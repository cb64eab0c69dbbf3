"""What a camera's row says about how to watch it, in the pipeline's own words."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.tenancy import tenant
from cameras.models import Camera
from cameras.services import camera_source
from detection.events import EventSettings
from detection.pipeline import PipelineSettings
from detection.sources import SourceSettings
from detection.watch import WatchSettings
from workers.leases import Held, LeaseLost

DELIVERED_FPS = 12.0
"""Pictures a second for the clips and the live view; the analysis takes fewer of them."""


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One version of a camera's settings. uri carries the credentials and shows in no repr."""

    version: int
    uri: str = field(repr=False)
    detector: str
    preset: str
    settings: WatchSettings

    def opens_like(self, other: CameraPlan) -> bool:
        """Whether a watch that runs by the other plan can follow this one without opening its source anew."""
        return (self.uri, self.detector, self.settings.source) == (other.uri, other.detector, other.settings.source)


def camera_plan(held: Held) -> CameraPlan:
    """Read the settings of the camera that is held.

    Raises:
        LeaseLost: the camera was deleted.
        UnreadableSource: its address was encrypted with another key.
    """
    with tenant(held.organization_id):
        camera = Camera.objects.select_related("preset").filter(id=held.camera_id).first()
    if camera is None:
        raise LeaseLost(f"The camera of {held} was deleted.")
    preset = camera.preset
    events = EventSettings(
        threshold=preset.threshold,
        hysteresis_low_ratio=preset.hysteresis_low_ratio,
        end_patience_frames=preset.end_patience_frames,
        cooldown_seconds=preset.cooldown_seconds,
        min_frames=preset.min_frames,
    )
    return CameraPlan(
        version=camera.config_version,
        uri=camera_source(camera),
        detector=camera.detector,
        preset=preset.name,
        settings=WatchSettings(
            source=SourceSettings(loop=camera.loop, deliver_fps=max(DELIVERED_FPS, preset.analysed_fps)),
            pipeline=PipelineSettings(events=events),
            masks=tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in camera.masks),
            analysis_fps=preset.analysed_fps,
        ),
    )
