"""What was heard is told, and the clip can be heard: by the button and by its key, from one incident to the next."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from detection.audio.chunk import RATE
from detection.evidence import EncodedFrame, encode_jpeg, write_clip
from detection.fuse import fuse
from detection.senses import Finding
from detection.types import FrameScore
from incidents.models import Event
from incidents.services.events import event_clip_ready
from tests.e2e.happenings import elsewhere, happen

pytestmark = pytest.mark.django_db(transaction=True)

SCREAM = Finding(
    "audio",
    0.9,
    "scream",
    "violence/aggression",
    0.8,
    "a scream (80% sure)",
    details={"level_db": -12.0, "said": [{"from_s": 0.0, "to_s": 1.0, "text": "let me go"}]},
)


@elsewhere
def with_sound(event: Event) -> None:
    """Give an event a clip of two seconds with a tone in it."""
    began = event.started_at.timestamp()
    pictures = [EncodedFrame(encode_jpeg(np.full((180, 320, 3), 5 * n, np.uint8)), began + n / 10) for n in range(20)]
    tone = (9000 * np.sin(np.arange(2 * RATE) * 2 * np.pi * 440 / RATE)).astype(np.int16)
    path = Path(default_storage.location) / f"e2e/{event.id}.mp4"
    write_clip(pictures, path, 10.0, tone)
    with tenant(event.organization_id):
        event_clip_ready(
            organization_id=event.organization_id,
            event_id=event.id,
            clip=f"e2e/{event.id}.mp4",
            clip_started_at=event.started_at - dt.timedelta(seconds=1),
            final=True,
            at=timezone.now(),
        )


def muted(page: Page) -> bool:
    return bool(page.evaluate("document.getElementById('clip').muted"))


def test_a_scream_is_told_and_heard(cast: Any, live: Any) -> None:
    said = fuse(FrameScore(0.2), (SCREAM,), 0.75).components()
    event = happen(cast.gate3, clip=False, components=said, reason="A scream was heard. 80% sure.")
    with_sound(event)
    page = live(person=cast.omar)
    why = page.locator("#why")
    expect(why).to_contain_text("A scream (80% sure)")
    expect(why.locator("q")).to_have_text("let me go")
    hear = page.locator("#hear")
    expect(hear).to_have_text("Hear it")
    assert muted(page)
    hear.click()
    expect(hear).to_have_text("Mute")
    page.wait_for_function("() => document.getElementById('clip').webkitAudioDecodedByteCount > 0")
    assert not muted(page)
    page.locator("#incident-title").click()
    page.keyboard.press("m")
    expect(hear).to_have_attribute("aria-pressed", "false")
    assert muted(page)


def test_a_camera_without_sound_has_nothing_to_hear(cast: Any, live: Any) -> None:
    happen(cast.gate3)
    page = live(person=cast.omar)
    expect(page.locator("#play")).to_be_visible()
    expect(page.locator("#hear")).to_have_count(0)
    page.keyboard.press("m")
    assert muted(page)
