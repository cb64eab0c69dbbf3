"""What a camera's row says about how to watch it, in the pipeline's own words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.tenancy import tenant
from cameras.calibration import camera_fps, camera_threshold
from cameras.models import Camera, Preset
from cameras.pictures import picture_digest
from cameras.senses import SensePlan, sense_plan
from cameras.services import camera_source
from detection.events import EventSettings
from detection.pipeline import PipelineSettings
from detection.score.living import Decided
from detection.sources import SourceSettings
from detection.watch import WatchSettings
from incidents.decisions import decisions_of, refusals_of
from workers.leases import Held, LeaseLost

DELIVERED_FPS = 12.0
"""Pictures a second for the clips and the live view; the analysis takes fewer of them."""


DECISIONS_DAYS = 14
"""What was said of older events has long been learned, or is forgotten with them."""


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One version of a camera's settings. uri carries the credentials and shows in no repr.

    decisions: what people said of its events of the last days; relearn_wanted_at: when somebody last wished that it
    learns anew, until it does; zone: that of its site; picture: what stands for the picture that the address names.
    """

    version: int
    uri: str = field(repr=False)
    detector: str
    preset: str
    settings: WatchSettings
    scorer: str = "baseline"
    senses: SensePlan = field(default_factory=SensePlan)
    decisions: tuple[Decided, ...] = ()
    relearn_wanted_at: dt.datetime | None = None
    zone: dt.tzinfo = dt.UTC
    picture: str = ""

    def opens_like(self, other: CameraPlan) -> bool:
        """Whether a watch that runs by the other plan can follow this one without opening its source anew."""
        return (self.uri, self.detector, self.scorer, self.settings.source) == (
            other.uri,
            other.detector,
            other.scorer,
            other.settings.source,
        )


def camera_plan(held: Held) -> CameraPlan:
    """Read the settings of the camera that is held.

    Raises:
        LeaseLost: the camera was deleted.
        UnreadableSource: its address was encrypted with another key.
    """
    with tenant(held.organization_id):
        related = Camera.objects.select_related("site", "preset", "calibration", "baseline")
        camera = related.filter(id=held.camera_id).first()
        if camera is None:
            raise LeaseLost(f"The camera of {held} was deleted.")
        senses = sense_plan(camera)
        since = timezone.now() - dt.timedelta(days=DECISIONS_DAYS)
        decided, refused = decisions_of(camera.id, since), refusals_of(camera.id, since)
    preset, fps, uri = camera.preset, camera_fps(camera), camera_source(camera)
    baseline = getattr(camera, "baseline", None)
    return CameraPlan(
        version=camera.config_version,
        uri=uri,
        detector=camera.detector,
        preset=preset.name,
        settings=WatchSettings(
            source=SourceSettings(loop=camera.loop, deliver_fps=max(DELIVERED_FPS, fps), audio=camera.audio),
            pipeline=PipelineSettings(
                events=replace(event_settings(preset, camera_threshold(camera)), refused=tuple(sorted(refused.items())))
            ),
            masks=tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in camera.masks),
            analysis_fps=fps,
        ),
        scorer=camera.scorer,
        senses=senses,
        decisions=tuple(Decided(*each) for each in decided),
        relearn_wanted_at=baseline.relearn_wanted_at if baseline else None,
        zone=ZoneInfo(camera.site.time_zone),
        picture=picture_digest(uri),
    )


def event_settings(preset: Preset, threshold: float) -> EventSettings:
    """Return the preset's durations, pauses and smoothing with this threshold."""
    return EventSettings(
        threshold=threshold,
        hysteresis_low_ratio=preset.hysteresis_low_ratio,
        end_patience_frames=preset.end_patience_frames,
        cooldown_seconds=preset.cooldown_seconds,
        min_frames=preset.min_frames,
        smoothing_s=preset.smoothing_s,
        lone_frames=preset.lone_frames,
        alone_at=preset.sense_threshold,
    )
