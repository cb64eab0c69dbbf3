"""Camera tiles: alive while pictures come, and never alive without."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from accounts.tenancy import tenant
from cameras.models import CameraState
from cameras.services import calibration_ask
from cameras.snapshots import snapshot_put
from tests.cameras.learned import calibrated, learned, scored
from tests.cameras.queue import nobody_waits
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
    page.evaluate("window.notReloaded = true")
    says(cast, "frozen")
    expect(page.locator(".state")).to_have_text("Picture frozen")
    assert page.evaluate("window.notReloaded") is True
    expect(page.locator(".view")).to_have_attribute("data-live", "no")


def test_a_camera_page_tells_what_happened_there(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(f"/cameras/{cast.gate3.id}/", person=cast.mia)
    expect(page.get_by_role("link", name="Settings of this camera")).to_be_visible()
    page.locator(".recent a").click()
    expect(page.locator("#stage")).to_have_attribute("data-incident", str(event.incident_id))


def default_camera(cast: Any) -> Any:
    """Give Gate 3 the default preset, a learned normality and eight hours of scores."""
    now = timezone.now()
    with tenant(cast.acme.id):
        cast.gate3.preset = cast.presets["default"]
        cast.gate3.save()
    learned(cast.gate3, at=now, since=now - dt.timedelta(days=3))
    for number in range(96):
        minutes = dt.timedelta(minutes=5 * (number + 1))
        scored(cast.gate3, now - minutes, highest=0.9 if number == 20 else 0.3)
    return cast.gate3


def test_a_manager_sets_how_often_a_camera_alerts_and_sees_what_that_means(cast: Any, live: Any) -> None:
    gate = default_camera(cast)
    calibrated(gate, at=timezone.now())
    page = live(f"/cameras/{gate.id}/", person=cast.mia)
    panel = page.locator(".how-often")
    expect(panel).to_contain_text("About 2 alerts a day at this setting, from the last 7 days")
    expect(panel.locator(".day-plot rect.over")).to_have_count(1)
    expect(panel.locator(".day-plot text").first).to_have_text("threshold 0.81")
    panel.get_by_label("Alerts a day, this camera only").fill("5")
    panel.get_by_role("button", name="Use this setting").click()
    expect(page.locator("#toasts")).to_contain_text("“Gate 3” is set to 5 alerts a day.")
    expect(panel).to_contain_text("This camera only: 5 alerts a day")
    # What a worker finds comes by itself, and leaves alone what is being typed.
    panel.get_by_label("Alerts a day, this camera only").fill("7")
    sensitive = {"wanted": {"share": 0.4}, "threshold": 0.31, "alerts_per_day": 120.0}
    calibrated(
        gate,
        at=timezone.now(),
        wanted={"alerts_per_day": 5.0},
        alerts_per_day=4.9,
        presets={cast.presets["sensitive"].id: sensitive},
    )
    expect(panel).to_contain_text("About 4.9 alerts a day at this setting")
    expect(panel.locator("tr", has_text="Sensitive")).to_contain_text("120")
    expect(panel.get_by_label("Alerts a day, this camera only")).to_have_value("7")


def test_learning_anew_is_considered_before_it_is_done(cast: Any, live: Any) -> None:
    gate = default_camera(cast)
    page = live(f"/cameras/{gate.id}/", person=cast.mia)
    expect(page.get_by_role("button", name="Forget and learn anew")).to_be_hidden()
    page.locator(".consider summary").click()
    page.get_by_role("button", name="Forget and learn anew").click()
    expect(page.locator("#toasts")).to_contain_text("“Gate 3” learns anew what is normal there.")
    expect(page.locator(f"#normal-{gate.id}")).to_contain_text("It was asked to learn anew")


def test_an_operator_sees_what_is_normal_and_changes_nothing(cast: Any, live: Any) -> None:
    gate = default_camera(cast)
    page = live(f"/cameras/{gate.id}/", person=cast.omar, size=(390, 844))
    expect(page.locator(f"#normal-{gate.id} .phase")).to_have_text("Active")
    expect(page.locator(".how-often form, .consider")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_panel_that_refreshes_itself_goes_to_the_login_when_the_session_ended(cast: Any, live: Any) -> None:
    nobody_waits()
    gate = default_camera(cast)
    calibration_ask(organization_id=cast.acme.id, camera_id=gate.id, at=timezone.now())
    page = live(f"/cameras/{gate.id}/", person=cast.omar)
    expect(page.locator(".how-often")).to_contain_text("The last days are being looked at …")
    page.context.clear_cookies()
    page.wait_for_url("**/login/**")
