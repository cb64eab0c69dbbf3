"""People answer incidents: by mouse, by key, both at once, and by mistake."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.tenancy import tenant
from incidents.models import Incident, TimelineEntry
from tests.e2e.happenings import acknowledge, happen

pytestmark = pytest.mark.django_db(transaction=True)


def stored(cast: Any, event: Any) -> Incident:
    with tenant(cast.acme.id):
        return Incident.objects.select_related("acknowledged_by").get(id=event.incident_id)


def test_acknowledge_by_mouse(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar)
    page.locator("#acknowledge").click()
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")
    expect(page.locator("#acknowledge")).to_have_count(0)
    expect(page.locator(f"#card-{event.incident_id} .person-mark")).to_contain_text("Omar is on it")
    assert stored(cast, event).acknowledged_by == cast.omar.user


def test_acknowledge_by_key_keeps_the_focus_in_sight(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar)
    page.locator("#acknowledge").focus()
    page.keyboard.press("a")
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")
    expect(page.locator("#timeline")).to_contain_text("Omar acknowledged it.")
    assert stored(cast, event).status == "acknowledged"
    assert page.evaluate("document.activeElement.closest('#actions') !== null") is True


def test_of_two_operators_one_wins_and_the_other_sees_who(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    omar, mia = live(person=cast.omar), live("/console/?scope=all", person=cast.mia)
    # Mia's console must not hear of it before she acts: the race is what is tested.
    mia.route("**/console/incident/**", lambda route: route.abort())
    mia.route("**/console/card/**", lambda route: route.abort())
    omar.keyboard.press("a")
    expect(omar.locator("#state-words")).to_contain_text("Omar is on it since")
    mia.locator("#acknowledge").click()
    expect(mia.locator(".toast.refused")).to_have_text(re.compile(r"Omar took it 0:\d\d ago\."))
    expect(mia.locator("#state-words")).to_contain_text("Omar is on it since")
    incident = stored(cast, event)
    assert (incident.acknowledged_by, incident.version) == (cast.omar.user, 2)


def test_the_others_see_who_took_it_without_a_reload(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live("/console/?scope=all", person=cast.mia)
    acknowledge(cast.omar, event)
    expect(page.locator(f"#card-{event.incident_id} .person-mark")).to_contain_text("Omar is on it")
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")


def test_what_the_server_never_got_is_taken_back(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar)
    page.route("**/acknowledge/", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator(".toast.refused")).to_contain_text("nothing was changed")
    expect(page.locator("#state-words")).to_have_text("Nobody is on it yet")
    expect(page.locator("#acknowledge")).to_be_visible()
    assert stored(cast, event).status == "open"


def test_resolve_with_disposition_and_note(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar)
    page.keyboard.press("r")
    dialog = page.locator("#resolve")
    dialog.get_by_label("Expected").check()
    dialog.locator("textarea").fill("A relay race, announced.")
    dialog.get_by_role("button", name="Resolve").click()
    expect(page.locator("#state-words")).to_contain_text("Expected, resolved by Omar")
    expect(dialog).to_be_hidden()
    incident = stored(cast, event)
    assert (incident.disposition, incident.resolution_note) == ("expected", "A relay race, announced.")


def test_a_false_alarm_can_be_undone(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar)
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("Resolved as false alarm.")
    assert stored(cast, event).disposition == "false alarm"
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")
    incident = stored(cast, event)
    assert (incident.status, incident.disposition) == ("acknowledged", "")


def test_a_comment_is_kept_while_it_is_written_and_sent_once(cast: Any, live: Any) -> None:
    event = happen(cast.gate3)
    page = live(person=cast.omar)
    page.keyboard.press("c")
    page.keyboard.type("The guard at Gate 3 looks")
    acknowledge(cast.omar, event)
    expect(page.locator("#state-words")).to_contain_text("Omar is on it since")
    expect(page.locator("#comment-text")).to_be_focused()
    page.keyboard.type(" into it.")
    page.locator("#comment-send").click()
    expect(page.locator("#timeline [data-kind=commented]:has(time)")).to_contain_text(
        "The guard at Gate 3 looks into it."
    )
    expect(page.locator("#comment-text")).to_have_value("")
    with tenant(cast.acme.id):
        said = list(TimelineEntry.objects.filter(kind="commented").values_list("text", flat=True))
    assert said == ["The guard at Gate 3 looks into it."]


def test_an_emergency_asks_over_everything_and_tells_who_answered(cast: Any, live: Any) -> None:
    omar = live(person=cast.omar)
    event = happen(cast.gate3, severity=5)
    dialog = omar.locator("#emergency")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("EMERGENCY")
    omar.keyboard.press("Escape")
    omar.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="I take it").click()
    expect(dialog).to_be_hidden()
    expect(omar.locator("#state-words")).to_contain_text("Omar is on it since")
    assert stored(cast, event).acknowledged_by == cast.omar.user


def test_an_emergency_that_somebody_else_took_says_so(cast: Any, live: Any) -> None:
    page = live(person=cast.omar)
    event = happen(cast.gate3, severity=4)
    expect(page.locator("#emergency")).to_be_visible()
    acknowledge(cast.mia, event)
    expect(page.locator("#emergency [data-answered]")).to_have_text("Mia took it.")
    page.locator("#emergency").get_by_role("button", name="Close").click()
    expect(page.locator("#emergency")).to_be_hidden()


def test_a_viewer_has_no_buttons(cast: Any, live: Any) -> None:
    happen(cast.gate3)
    page = live(person=cast.vera)
    expect(page.locator("#actions")).to_contain_text("your role does not let you act")
    assert page.locator("#actions button, #actions a").count() == 0
