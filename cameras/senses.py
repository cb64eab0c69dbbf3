"""Say what a camera's senses shall do, in the words of the worker that runs them."""

from __future__ import annotations

from dataclasses import dataclass

from cameras.models import Camera, Transcripts
from cameras.phrasing import all_phrases
from cameras.selectors import sense_settings


@dataclass(frozen=True, slots=True)
class SensePlan:
    """Which senses a camera has, and what its organization lets them look and listen for.

    transcripts: "keep", "phrases" or "off"; languages: ISO 639 codes, at least one; phrases: every phrase by topic,
    None: the built-in ones of the languages; prompts: the text of the descriptions, blank: the built-in set; posture:
    the limits that differ from the usual ones, by name.
    """

    pose: bool = True
    audio: bool = True
    scene: bool = True
    transcripts: str = Transcripts.KEEP.value
    languages: tuple[str, ...] = ("en",)
    phrases: dict[str, list[str]] | None = None
    prompts: str = ""
    posture: tuple[tuple[str, float], ...] = ()


def sense_plan(camera: Camera) -> SensePlan:
    """Return the plan of a camera's senses, read inside its organization's scope."""
    settings = sense_settings(camera.organization_id)
    return SensePlan(
        pose=camera.pose,
        audio=camera.audio,
        scene=camera.scene,
        transcripts=str(settings.transcripts),
        languages=tuple(settings.languages),
        phrases=all_phrases(settings.phrases, settings.languages),
        prompts=settings.prompts,
        posture=tuple(sorted(settings.posture.items())),
    )
