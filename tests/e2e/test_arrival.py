"""An incident comes to the console by itself, and what is being read stays where it is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.cast import make_camera
from tests.e2e.happenings import CLIP_S, clip_ready, happen

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_incident_arrives_with_no_reload(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    expect(page.locator("#empty")).to_contain_text("No open incidents.")
    page.evaluate("window.sameDocument = true")
    event = happen(cast.gate3)
    card = page.locator(f"#card-{event.incident_id}")
    expect(card).to_contain_text("Someone moves faster than usual")
    expect(card.locator(".severity")).to_have_text("HIGH")
    expect(card).to_contain_text("North · Gate 3 · Security")
    expect(page.locator("#announcer")).to_contain_text("HIGH: Someone moves faster than usual")
    expect(page.locator("#incident-title")).to_contain_text("Someone moves faster than usual")
    assert page.evaluate("window.sameDocument") is True


def test_a_new_card_waits_in_a_bar_and_moves_nothing(cast: Any, live: Any) -> None:
    first = happen(cast.gate3)
    page = live(person=cast.omar)
    card = page.locator(f"#card-{first.incident_id}")
    before = card.bounding_box()
    second = happen(make_camera(cast.north, cast.presets["balanced"], "Loading dock"), severity=2)
    news = page.locator("#news")
    expect(news).to_contain_text("1 new")
    expect(news).to_contain_text("MEDIUM")
    expect(news).to_contain_text("North · Loading dock")
    assert card.bounding_box() == before
    assert page.locator("#cards > .card").count() == 1
    page.keyboard.press("n")
    expect(page.locator(f"#card-{second.incident_id}")).to_be_visible()
    expect(news).to_be_hidden()
    assert page.locator("#stage").get_attribute("data-incident") == str(first.incident_id)


def test_a_site_of_another_team_neither_sounds_nor_shows(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    elsewhere = happen(make_camera(cast.south, cast.presets["balanced"], "East stairs"))
    here = happen(cast.gate3)
    expect(page.locator(f"#card-{here.incident_id}")).to_be_visible()
    assert page.locator(f"#card-{elsewhere.incident_id}").count() == 0
    assert page.locator("#news").is_hidden()
    page.locator("#scope-all").click()
    expect(page.locator(f"#card-{elsewhere.incident_id}")).to_be_visible()


@pytest.mark.parametrize("path", ["/console/?status=resolved", "/console/?q=nothing"])
def test_an_alert_shows_whatever_the_list_is_narrowed_to(cast: Any, live: Any, path: str) -> None:
    page = live(path, person=cast.omar)
    event = happen(cast.gate3)
    expect(page.locator("#news")).to_contain_text("1 new")
    page.locator("#news").click()
    expect(page.locator(f"#card-{event.incident_id}")).to_be_visible()


def test_an_alert_shows_on_the_cameras_page(cast: Any, live: Any) -> None:
    page = live("/cameras/", person=cast.omar)
    event = happen(cast.gate3)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("HIGH: Someone moves faster than usual")
    toast.get_by_role("link", name="Open").click()
    expect(page.locator("#stage")).to_have_attribute("data-incident", str(event.incident_id))


def test_the_clip_plays_and_loops_with_its_lane(cast: Any, live: Any) -> None:
    happen(cast.gate3)
    page = live(person=cast.omar)
    page.wait_for_function("() => document.getElementById('clip').currentTime > 0.5")
    assert page.evaluate("document.getElementById('clip').loop") is True
    assert page.evaluate("document.getElementById('clip').duration") == pytest.approx(CLIP_S, abs=0.2)
    page.keyboard.press(" ")
    page.wait_for_function("() => document.getElementById('clip').paused")
    stopped = page.evaluate("document.getElementById('clip').currentTime")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"() => document.getElementById('clip').currentTime < {stopped}")
    lane = page.locator("#lane").bounding_box()
    page.mouse.click(lane["x"] + lane["width"] * 0.5, lane["y"] + 20)
    # The lane runs from 5 s before the event to 3 s after its 2 s, the clip from 1 s before it.
    page.wait_for_function("() => Math.abs(document.getElementById('clip').currentTime - 1.0) < 0.15")
    page.wait_for_function("() => Math.abs(document.getElementById('playhead').getAttribute('x1') - 500) < 20")


def test_a_clip_takes_the_place_of_the_still_picture(cast: Any, live: Any) -> None:
    event = happen(cast.gate3, clip=False, ended=False, ago_s=3.0)
    page = live(person=cast.omar)
    expect(page.locator("#player")).to_contain_text("The clip is being written.")
    page.locator("#comment-text").fill("Half a sentence")
    clip_ready(event.id, cast.gate3, final=False)
    expect(page.locator("#player")).to_contain_text("The whole clip follows")
    page.wait_for_function("() => document.getElementById('clip').currentTime > 0.2")
    clip_ready(event.id, cast.gate3, final=True)
    expect(page.locator("#player .note")).to_have_count(0)
    expect(page.locator("#comment-text")).to_have_value("Half a sentence")
    expect(page.locator("#comment-text")).to_be_focused()
