"""What happens on the console reaches people on every page: the count in the title, emergencies, the colours."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.tenancy import tenant
from incidents.models import Incident
from tests.cast import make_camera
from tests.e2e.happenings import acknowledge, elsewhere, happen

pytestmark = pytest.mark.django_db(transaction=True)

EMERGENCY = {"severity": 5, "category": "medical emergency"}


@elsewhere
def status_of(event: Any) -> str:
    with tenant(event.organization_id):
        return Incident.objects.get(id=event.incident_id).status


def test_an_emergency_is_taken_on_the_cameras_page(cast: Any, live: Any) -> None:
    page = live("/cameras/", person=cast.omar)
    event = happen(cast.gate3, **EMERGENCY)
    dialog = page.locator("#emergency")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("North · Gate 3")
    dialog.get_by_role("button", name="I take it").click()
    expect(page.locator("#stage")).to_have_attribute("data-incident", str(event.incident_id))
    expect(page.locator("#state-words")).to_contain_text("Omar is on it")
    assert status_of(event) == "acknowledged"


def test_not_an_emergency_is_said_on_the_cameras_page_and_undone_there(cast: Any, live: Any) -> None:
    page = live("/cameras/", person=cast.omar)
    event = happen(cast.gate3, **EMERGENCY)
    page.locator("#emergency").get_by_role("button", name="Not an emergency").click()
    expect(page.locator("#emergency")).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("Resolved as false alarm.")
    assert status_of(event) == "resolved"
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("It is open again, and you are on it.")
    assert status_of(event) == "acknowledged"


def test_an_emergency_that_was_waiting_is_asked_about_on_the_cameras_page(cast: Any, live: Any) -> None:
    event = happen(cast.gate3, **EMERGENCY)
    page = live("/cameras/", person=cast.omar)
    expect(page.locator("#emergency")).to_be_visible()
    acknowledge(cast.mia, event)
    expect(page.locator("#emergency")).to_contain_text("Mia took it.")


def test_an_emergency_of_another_team_asks_nobody_here(cast: Any, live: Any) -> None:
    page = live("/cameras/", person=cast.omar)
    happen(make_camera(cast.south, cast.presets["balanced"], "East stairs"), **EMERGENCY)
    happen(cast.gate3)
    expect(page.locator(".toast")).to_have_count(1)  # of Gate 3: what came before it was told, too
    assert page.locator("#emergency").is_hidden()


@pytest.mark.parametrize(("path", "name"), [("/cameras/", "Cameras · Vedette"), ("/console/", "Console · Vedette")])
def test_the_title_counts_what_is_open(cast: Any, live: Any, path: str, name: str) -> None:
    page = live(path, person=cast.omar)
    expect(page).to_have_title(name)
    event = happen(cast.gate3)
    page.wait_for_function("() => document.title.startsWith('(1) ')")
    acknowledge(cast.mia, event)
    page.wait_for_function("() => !document.title.startsWith('(')")


def test_the_title_counts_before_any_script_runs(cast: Any, look: Any) -> None:
    happen(cast.gate3)
    page = look("/cameras/", person=cast.omar, java_script_enabled=False)
    expect(page).to_have_title("(1) Cameras · Vedette")


def test_the_title_names_the_incident_that_is_shown(cast: Any, live: Any) -> None:
    first = happen(cast.gate3, reason="A vehicle that is not usual here. Objects: 1 (usually 0).")
    happen(make_camera(cast.north, cast.presets["balanced"], "Loading dock"), severity=4, ended=False)
    page = live(person=cast.vera)
    page.locator(f"#open-{first.incident_id}").click()
    expect(page).to_have_title("(2) #1 A vehicle that is not usual here · Console · Vedette")


def test_one_press_on_the_bar_changes_the_colours_and_they_stay(cast: Any, live: Any) -> None:
    page = live("/cameras/", person=cast.omar, color_scheme="dark")
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    page.reload()
    expect(page.get_by_role("button", name="Dark colours")).to_be_visible()
    page.locator("#person summary").click()
    expect(page.get_by_role("radio", name="Light")).to_be_checked()
