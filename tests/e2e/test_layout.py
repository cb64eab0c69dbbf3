"""On a desk and on a phone nothing scrolls sideways, nothing lies on anything else, and words can be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from cameras.models import CameraState
from tests.cast import make_camera
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.happenings import happen

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])

# Pairs of visible controls that share more than a hair of the screen, but for a box within another; a sticky or fixed
# bar may cover what scrolls beneath it.
OVERLAPS = """() => {
  const held = (e) => { for (; e; e = e.parentElement) {
    if (["fixed", "sticky"].includes(getComputedStyle(e).position)) return true; } return false; };
  const seen = [...document.querySelectorAll("a, button, input, select, textarea, h1, h2, h3, video, .chip, .severity")]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".sr-only, dialog, .skip") && !held(e));
  const boxes = seen.map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width > 2 && b.height > 2);
  const found = [];
  for (const [i, [a, x]] of boxes.entries()) for (const [b, y] of boxes.slice(i + 1)) {
    if (a.contains(b) || b.contains(a)) continue;
    const wide = Math.min(x.right, y.right) - Math.max(x.left, y.left);
    const high = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
    if (wide > 1 && high > 1) found.push(`${a.outerHTML.slice(0, 60)} × ${b.outerHTML.slice(0, 60)}`);
  }
  return found;
}"""
OVERFLOWS = """() => [...document.querySelectorAll("button, a.button, .chip, .severity, h1, h3")]
  .filter((e) => e.checkVisibility() && !e.closest(".sr-only, .skip") && e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).display !== "inline").map((e) => e.outerHTML.slice(0, 80))"""


def looks_right(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(OVERFLOWS) == []


@pytest.fixture
def scene(cast: Any) -> Any:
    """A console with something of everything: several events, long words, cameras in several states."""
    dock = make_camera(cast.north, cast.presets["balanced"], "Loading dock behind the northern grandstand")
    now = timezone.now()
    for camera, status, words in (
        (cast.gate3, "online", ""),
        (dock, "offline", "The port refuses. Trying again in 8 s."),
    ):
        with tenant(cast.acme.id):
            CameraState.objects.create(
                organization_id=cast.acme.id, camera=camera, status=status, message=words, since=now, reported_at=now
            )
    first = happen(cast.gate3, ago_s=30.0)
    happen(
        cast.gate3,
        ago_s=20.0,
        reason="More people than usual stand close to the fence by the gate. People in one spot: 4 (usually 1).",
    )
    happen(dock, severity=2, ago_s=90.0)
    return first


@SIZES
def test_the_console(cast: Any, live: Any, scene: Any, size: tuple[int, int]) -> None:
    page = live(person=cast.omar, size=size)
    looks_right(page)
    page.locator(f"#open-{scene.incident_id}").click()
    expect(page.locator("#events ol > li")).to_have_count(2)
    looks_right(page)
    page.locator("#resolve-open").click()
    box = page.locator("#resolve").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]


@SIZES
@pytest.mark.parametrize(
    "path", ["/cameras/", "/organizations/", "/password/", "/nowhere/", "/console/?status=resolved"]
)
def test_the_other_pages(cast: Any, look: Any, scene: Any, size: tuple[int, int], path: str) -> None:
    looks_right(look(path, person=cast.mia, size=size))


@SIZES
def test_one_camera(cast: Any, look: Any, scene: Any, size: tuple[int, int]) -> None:
    page = look(f"/cameras/{cast.gate3.id}/", person=cast.mia, size=size)
    expect(page.locator("h1")).to_have_text("Gate 3")
    looks_right(page)


@SIZES
def test_the_login(look: Any, cast: Any, size: tuple[int, int]) -> None:
    looks_right(look("/login/", size=size))


def test_on_a_phone_the_answers_lie_under_the_thumb(cast: Any, live: Any, scene: Any) -> None:
    page = live(f"/incidents/{scene.incident_id}/", person=cast.omar, size=PHONE)
    for name in ("acknowledge", "false-alarm", "resolve-open", "comment-open"):
        box = page.locator(f"#{name}").bounding_box()
        assert box["height"] >= 48
        assert box["y"] + box["height"] <= PHONE[1]
    page.locator("#back").click()
    expect(page.locator("#cards > .card")).to_have_count(2)


def test_the_console_has_three_columns_on_a_desk(cast: Any, live: Any, scene: Any) -> None:
    page = live(person=cast.omar)
    queue, stage, facts = (page.locator(each).bounding_box() for each in (".queue-column", "#stage", "#facts"))
    assert (queue["width"], facts["width"]) == (360, 340)
    assert queue["x"] + queue["width"] == stage["x"]
    assert stage["x"] + stage["width"] == facts["x"]
