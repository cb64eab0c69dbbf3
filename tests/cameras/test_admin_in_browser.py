"""The camera's admin pages in a real browser: testing a connection loses nothing typed, and buttons switch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from accounts.tenancy import tenant
from cameras.credentials import decrypt
from cameras.models import Camera
from tests.cameras.planted import PASSWORD, SOURCE
from tests.cameras.queue import answer

CHROMIUM = Path("/usr/bin/chromium")
DEADLINE_S = 20
# The smallest picture a browser shows: one white pixel.
PIXEL = "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@pytest.fixture
def mia_page(cast, client, live_server) -> Iterator[Callable[[str], Page]]:
    """Return a function that opens an admin page as Mia; afterwards no page may have complained."""
    cookie = cast.login(client, cast.mia).cookies["sessionid"].value
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

        def open_page(path: str) -> Page:
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(live_server.url + path)
            return page

        yield open_page
        browser.close()
    assert complaints == []


def taken(queue: Any, page: Page) -> list[str]:
    """Wait for the test that the page asked for, and take it as a worker does."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if found := queue.take():
            [arguments] = found
            return arguments
        page.wait_for_timeout(50)
    raise AssertionError("no test was asked for")


def test_a_connection_is_tested_before_saving_and_nothing_typed_is_lost(cast, queue, mia_page) -> None:
    page = mia_page(reverse("admin:cameras_camera_add"))
    page.get_by_label("Name").fill("Dock")
    page.locator("input[name=source]").fill(SOURCE)
    page.get_by_role("button", name="Test connection").click()
    request_id, token = taken(queue, page)
    assert decrypt(token) == SOURCE
    expect(page.locator("output")).to_have_text("Connecting…")
    answer(request_id, ok=True, message="", width=640, height=480, fps=25.0, codec="h264", jpeg=PIXEL)
    expect(page.locator("output")).to_have_text("Connected: 640 × 480 · 25 frames a second · h264 · answered in 0.50 s")
    expect(page.get_by_alt_text("The picture this address sends now")).to_be_visible()
    assert page.get_by_label("Name").input_value() == "Dock"
    assert page.locator("input[name=source]").input_value() == SOURCE
    assert PASSWORD not in page.content()


def test_the_exact_reason_of_a_failure_is_shown(cast, queue, mia_page, secret_camera) -> None:
    page = mia_page(reverse("admin:cameras_camera_change", args=[secret_camera.id]))
    page.get_by_role("button", name="Test connection").click()
    request_id, token = taken(queue, page)
    assert decrypt(token) == SOURCE
    answer(request_id, ok=False, message=f"{SOURCE} refused the password.")
    expect(page.locator("output")).to_have_text("rtsp://***:***@10.0.0.8:554/stream refused the password.")
    page.locator("input[name=source]").fill("ftp://x")
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("output")).to_contain_text("Vedette cannot watch an address of this kind.")
    assert queue.take() == []


def test_the_lists_button_disables_a_camera(cast, mia_page, secret_camera) -> None:
    page = mia_page(reverse("admin:cameras_camera_changelist"))
    page.get_by_role("button", name="Disable Dock").click()
    expect(page.get_by_text("Dock: no longer watched.")).to_be_visible()
    expect(page.get_by_role("button", name="Enable Dock")).to_be_visible()
    with tenant(cast.acme.id):
        assert set(Camera.objects.filter(enabled=True).values_list("name", flat=True)) == {"Gate 3"}


def test_a_mask_is_drawn_corner_by_corner_and_saved(cast, mia_page, secret_camera) -> None:
    page = mia_page(reverse("admin:cameras_camera_change", args=[secret_camera.id]))
    drawing = page.locator(".masks svg")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()

    def corner(x: float, y: float) -> None:
        drawing.click(position={"x": box["width"] * x, "y": box["height"] * y})

    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75)):
        corner(x, y)
    expect(page.locator(".masks-words")).to_have_text("Click the first corner again to close this mask.")
    corner(0.25, 0.25)
    expect(page.locator(".masks-words")).to_contain_text("Masks: 1.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/cameras/camera/")
    with tenant(cast.acme.id):
        [mask] = Camera.objects.get(id=secret_camera.id).masks
    assert [value for pair in mask for value in pair] == pytest.approx([0.25, 0.25, 0.75, 0.25, 0.75, 0.75], abs=0.02)
