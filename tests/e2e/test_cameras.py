"""Camera tiles: alive while pictures come, and never alive without."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from accounts.tenancy import tenant
from cameras.models import CameraState
from cameras.snapshots import snapshot_put
from tests.e2e.happenings import happen

pytestmark = pytest.mark.django_db(transaction=True)


def jpeg(shade: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 36), (shade, shade, shade)).save(written, "JPEG")
    return written.getvalue()


def says(cast: Any, status: str) -> None:
    now = timezone.now()
    with tenant(cast.acme.id):
        CameraState.objects.update_or_create(
            camera=cast.gate3,
            organization_id=cast.acme.id,
            defaults={"status": status, "since": now, "reported_at": now},
        )


def test_a_picture_that_comes_again_is_live(cast: Any, live: Any) -> None:
    says(cast, "online")
    snapshot_put(cast.gate3.id, jpeg(90), timezone.now().timestamp())
    page = live("/cameras/", person=cast.omar)
    view = page.locator(".view")
    expect(view).to_have_attribute("data-live", "yes")
    expect(page.locator(".state")).to_have_text("Online")
    before = page.locator(".view img").get_attribute("src")
    snapshot_put(cast.gate3.id, jpeg(200), timezone.now().timestamp())
    expect(page.locator(".view img")).not_to_have_attribute("src", before or "")


def test_an_old_picture_never_looks_alive(cast: Any, live: Any) -> None:
    says(cast, "online")
    snapshot_put(cast.gate3.id, jpeg(90), timezone.now().timestamp() - 12)
    page = live("/cameras/", person=cast.omar)
    expect(page.locator(".view")).to_have_attribute("data-live", "no")
    expect(page.locator(".frame-age")).to_contain_text("last picture 1")
    assert "grayscale" in page.locator(".view img").evaluate("image => getComputedStyle(image).filter")


def test_a_frozen_camera_is_shown_as_frozen_without_a_reload(cast: Any, live: Any) -> None:
    says(cast, "online")
    snapshot_put(cast.gate3.id, jpeg(90), timezone.now().timestamp())
    page = live("/cameras/", person=cast.omar)
    expect(page.locator(".view")).to_have_attribute("data-live", "yes")
    says(cast, "frozen")
    expect(page.locator(".state")).to_have_text("Picture frozen")
    expect(page.locator(".view")).to_have_attribute("data-live", "no")


def test_a_camera_page_tells_what_happened_there(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(f"/cameras/{cast.gate3.id}/", person=cast.mia)
    expect(page.get_by_role("link", name="Settings of this camera")).to_be_visible()
    page.locator(".recent a").click()
    expect(page.locator("#stage")).to_have_attribute("data-incident", str(event.incident_id))
