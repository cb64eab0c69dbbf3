"""Everything an operator does has a key."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.tenancy import tenant
from incidents.models import Incident
from tests.cast import make_camera
from tests.e2e.happenings import happen

pytestmark = pytest.mark.django_db(transaction=True)


def test_j_and_k_walk_through_the_queue(cast: Any, live: Any) -> None:
    worse = happen(cast.gate3, severity=3)
    lesser = happen(make_camera(cast.north, cast.presets["balanced"], "Loading dock"), severity=2)
    page = live(person=cast.omar)
    stage = page.locator("#stage")
    expect(stage).to_have_attribute("data-incident", str(worse.incident_id))
    page.keyboard.press("j")
    expect(stage).to_have_attribute("data-incident", str(lesser.incident_id))
    expect(page.locator(f"#card-{lesser.incident_id}")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#open-{lesser.incident_id}")).to_be_focused()
    expect(page).to_have_url(re.compile(f"/incidents/{lesser.incident_id}/"))
    page.keyboard.press("k")
    expect(stage).to_have_attribute("data-incident", str(worse.incident_id))
    page.go_back()
    expect(stage).to_have_attribute("data-incident", str(lesser.incident_id))


def test_an_answer_typed_ahead_goes_to_the_incident_that_was_chosen(cast: Any, live: Any) -> None:
    worse = happen(cast.gate3, severity=3)
    lesser = happen(make_camera(cast.north, cast.presets["balanced"], "Loading dock"), severity=2)
    page = live(person=cast.omar)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")
    expect(page.locator("#stage")).to_have_attribute("data-incident", str(lesser.incident_id))
    with tenant(cast.acme.id):
        statuses = dict(Incident.objects.values_list("id", "status"))
    assert statuses == {worse.incident_id: "open", lesser.incident_id: "acknowledged"}


def test_a_question_mark_shows_the_keys_and_a_slash_searches(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Acknowledge")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#find-words")).to_be_focused()
    page.keyboard.type("a?")
    expect(page.locator("#find-words")).to_have_value("a?")
    expect(page.locator("#keys")).to_be_hidden()


def test_g_goes(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/cameras/$"))
    expect(page.locator("#link-state")).to_have_text("live")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/search/$"))
    page.locator("h1").first.click()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/console/$"))


def test_muting_stays_and_is_seen(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    page.locator("h1").first.click()
    expect(page.locator("#sound-word")).to_have_text("Sound on")
    page.locator("#sound").click()
    expect(page.locator("#sound-word")).to_have_text("Muted")
    page.reload()
    expect(page.locator("#sound-word")).to_have_text("Muted")
    happen(cast.gate3, severity=5)
    expect(page.locator("#emergency [data-muted]")).to_have_text("Sound is muted on this console.")


def test_the_colours_can_be_chosen(cast: Any, live: Any) -> None:
    page = live(person=cast.omar, color_scheme="dark")
    background = "() => getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    page.locator("#person summary").click()
    page.get_by_label("Light").check()
    assert page.evaluate(background) != dark
    page.reload()
    assert page.evaluate(background) != dark
