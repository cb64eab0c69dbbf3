"""The evidence on the console: loops on the cards, the Play button of a clip that was replaced, scores as a table."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import make_camera
from tests.e2e.happenings import clip_ready, happen

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_open_cards_loop_their_clips_and_no_more(cast: Any, live: Any) -> None:
    for name in ("One", "Two", "Three", "Four"):
        happen(make_camera(cast.north, cast.presets["balanced"], name))
    page = live(person=cast.omar)
    loops = page.locator("#cards video.picture")
    expect(loops).to_have_count(3)
    page.wait_for_function(
        "() => [...document.querySelectorAll('#cards video')].every((each) => each.currentTime > 0.2)"
    )
    assert page.evaluate("[...document.querySelectorAll('#cards video')].every((each) => each.loop && each.muted)")
    last = page.locator("#cards > .card").nth(3)
    last.hover()
    expect(last.locator("video.picture")).to_be_visible()
    expect(loops).to_have_count(3)


def test_a_person_who_wants_no_motion_sees_stills(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar, reduced_motion="reduce")
    card = page.locator(f"#card-{event.incident_id}")
    card.hover()
    expect(card.locator("img.picture")).to_be_visible()
    page.keyboard.press("j")
    expect(card).to_have_attribute("aria-current", "true")
    assert page.locator("#cards video").count() == 0


def test_a_clip_that_takes_the_place_of_another_plays_on_and_says_so(cast: Any, live: Any) -> None:
    event = happen(cast.gate3, clip=False, ended=False, ago_s=3.0)
    clip_ready(event.id, cast.gate3, final=False)
    page = live(person=cast.omar)
    page.wait_for_function("() => document.getElementById('clip').currentTime > 0.2")
    clip_ready(event.id, cast.gate3, final=True)
    expect(page.locator("#player .note")).to_have_count(0)
    page.wait_for_function("() => !document.getElementById('clip').paused")
    expect(page.locator("#play-word")).to_have_text("Pause")


def test_the_scores_can_be_read_as_a_table(cast: Any, look: Any) -> None:
    # From a whole second on, so that the highest score, 0.4 s later, lies in the table's first line.
    happen(cast.gate3, ago_s=20.0 + timezone.now().timestamp() % 1)
    page = look(person=cast.omar, java_script_enabled=False)
    page.locator("#scores summary").click()
    table = page.get_by_role("table", name="The highest score of each second")
    expect(table.get_by_role("columnheader")).to_have_text(["Time", "Score", "Against 0.75"])
    rows = table.locator("tbody tr")
    assert 2 <= rows.count() <= 3  # 1.8 s of scores touch two or three whole seconds
    expect(rows.first.locator("td")).to_have_text(["0.90", "over"])


def test_who_was_not_alerted_is_folded_away(cast: Any, look: Any) -> None:
    happen(cast.gate3)
    page = look(person=cast.omar, java_script_enabled=False)
    expect(page.locator("#routing .routing")).to_contain_text("Security covers North")
    folded = page.locator("#routing .passed-over")
    if folded.count():
        expect(folded.locator("li").first).to_be_hidden()
