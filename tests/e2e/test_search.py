"""An operator searches past events by words and by likeness, with a keyboard, a thumb, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from detection.models import ModelStore
from detection.scene.text import SceneText
from incidents.models import Event
from incidents.services.embeddings import event_embedding_put
from tests.cast import make_camera
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.happenings import happen
from tests.e2e.test_layout import SIZES, looks_right
from tests.incidents.likeness import install

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("thick smoke", "a crowd", "flames in a room")


@pytest.fixture
def text(tmp_path: Path) -> Iterator[SceneText]:
    """A model in the folder of the portal's process, taken away afterwards."""
    yield install(Path(settings.VEDETTE_MODELS), made=tmp_path / "made")
    ModelStore(Path(settings.VEDETTE_MODELS)).remove("clip-vit-b32")


@pytest.fixture
def events(cast: Any, text: SceneText) -> dict[str, Event]:
    """Events at two cameras; the picture of each shows one of WORDS."""
    dock = make_camera(cast.south, cast.presets["balanced"], "Loading dock behind the northern grandstand")
    found = {}
    for n, words in enumerate(WORDS):
        found[words] = happen(cast.gate3 if n < 2 else dock, clip=False, severity=n + 2, ago_s=60.0 * n + 20)
        with tenant(cast.acme.id):
            event_embedding_put(
                organization_id=cast.acme.id,
                event_id=found[words].id,
                model=text.version,
                vector=text.read([words])[0].tolist(),
                at=timezone.now(),
            )
    return found


def first_like(page: Page) -> str:
    return page.locator("#results .find-similar").first.get_attribute("href") or ""


def test_by_the_keyboard_from_the_rail_to_an_incident(cast: Any, look: Any, events: dict[str, Event]) -> None:
    page = look("/console/", cast.omar)
    page.locator(".rail").get_by_text("Search").press("Enter")
    field = page.get_by_label("What the picture shows")
    expect(field).to_be_focused()
    field.type("a crowd")
    field.press("Enter")
    expect(page.locator("#found-said")).to_have_text("3 events, the most alike first.")
    expect(field).to_be_focused()
    assert "?q=a%20crowd&" in page.url
    assert first_like(page).endswith(str(events["a crowd"].id))
    page.get_by_label("When").select_option("24h")
    page.get_by_label("Category").select_option("fire hazard")
    field.press("Enter")
    expect(page.locator("#found-said")).to_have_text(
        "No event was found here. Choose another camera, category or time."
    )
    page.go_back()
    expect(page.locator("#results > li")).to_have_count(3)
    page.locator("#results .find-similar").first.press("Enter")
    expect(page.locator(".likened h2")).to_have_text("Like this one")
    expect(page.locator("#results > li")).to_have_count(2)
    page.locator(".likened h3 a").press("Enter")
    expect(page.locator("#stage")).to_have_attribute("data-incident", str(events["a crowd"].incident_id))
    page.locator("#why .find-similar").press("Enter")
    expect(page.locator("#results > li")).to_have_count(2)


def test_without_scripts(cast: Any, look: Any, events: dict[str, Event]) -> None:
    page = look("/search/", cast.omar, java_script_enabled=False)
    page.get_by_role("link", name="smoke", exact=True).click()
    expect(page.locator("#results > li")).to_have_count(3)
    page.get_by_label("What the picture shows").fill("flames in a room")
    page.locator("main").get_by_role("button", name="Search").click()
    assert first_like(page).endswith(str(events["flames in a room"].id))


@SIZES
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_page_looks_right(
    cast: Any, look: Any, events: dict[str, Event], size: tuple[int, int], scheme: str
) -> None:
    page = look("/search/", cast.mia, size, color_scheme=scheme)
    looks_right(page)
    page.goto("/search/?q=a+crowd")
    looks_right(page)
    page.goto(f"/search/?like={events['a crowd'].id}")
    looks_right(page)
    if size == PHONE:
        for button in (page.locator(".search-form button"), page.locator("#results .find-similar").first):
            assert button.bounding_box()["height"] >= 44


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_without_a_model_the_page_looks_right(cast: Any, look: Any, size: tuple[int, int]) -> None:
    page = look("/search/?q=smoke", cast.mia, size)
    expect(page.locator("#found .panel")).to_contain_text("manage.py models pull clip-vit-b32")
    looks_right(page)
