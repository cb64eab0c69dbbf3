"""Getting in, with and without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.tenancy import tenant
from incidents.models import Incident
from tests.e2e.happenings import happen

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(page: Any, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_log_in_and_out(cast: Any, look: Any) -> None:
    page = look("/")
    log_in(page, "omar@acme.example", "not this one at all")
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    log_in(page, cast.omar.email, cast.omar.password)
    expect(page.locator("#link-state")).to_have_text("live")
    expect(page.locator(".brand")).to_contain_text("Acme")
    page.locator("#person summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login/$"))


def test_five_wrong_passwords_lock_the_account(cast: Any, look: Any) -> None:
    page = look("/login/")
    for _ in range(5):
        log_in(page, cast.omar.email, "not this one at all")
    expect(page.locator("h1")).to_have_text("Too many attempts")


def test_the_console_works_without_scripts(cast: Any, look: Any) -> None:
    event = happen(cast.gate3)
    page = look("/login/", java_script_enabled=False)
    log_in(page, cast.omar.email, cast.omar.password)
    page.locator(f"#card-{event.incident_id} a").click()
    expect(page.locator("#incident-title")).to_contain_text("Someone moves faster than usual")
    expect(page.locator("#lane .curve")).to_have_attribute("points", re.compile(r"^500\.0,"))
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")
    page.locator("#comment-text").fill("Looking.")
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator("#timeline")).to_contain_text("Looking.")
    page.locator("#resolve-form").get_by_label("Expected").check()
    page.locator("#resolve-form").get_by_role("button", name="Resolve").click()
    expect(page.locator("#toasts")).to_contain_text("Resolved as expected.")
    with tenant(cast.acme.id):
        assert Incident.objects.get(id=event.incident_id).status == "resolved"


def test_a_stranger_finds_nothing(cast: Any, look: Any) -> None:
    event = happen(cast.gate3)
    page = look(f"/incidents/{event.incident_id}/", person=cast.greta)
    expect(page.locator("h1")).to_have_text("Not found")
    page.goto("/console/")
    expect(page.locator("#empty")).to_contain_text("No open incidents.")
