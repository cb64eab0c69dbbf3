"""The live line: lost, said, found again, and nothing missed meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.happenings import happen

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_console_says_that_it_is_offline_and_catches_up(cast: Any, live: Any, portal: Any) -> None:
    page = live(person=cast.omar)
    page.evaluate("window.sameDocument = true")
    portal.stop()
    try:
        expect(page.locator("#link-state")).to_have_text(re.compile(r"offline since \d+:\d\d"))
        expect(page.locator("#strip-note")).to_have_text("Not live right now: this list may be old.")
        event = happen(cast.gate3)
    finally:
        portal.start()
    expect(page.locator("#link-state")).to_have_text("live", timeout=30_000)
    expect(page.locator(f"#card-{event.incident_id}")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True


def test_who_logs_out_elsewhere_is_sent_to_the_login(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    other = page.context.new_page()
    other.goto("/console/")
    other.locator("#person summary").click()
    other.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("Log in")
