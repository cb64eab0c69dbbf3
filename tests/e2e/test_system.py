"""The System page and the API's page, as a browser shows them on a desk and on a phone, dark and light."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cameras.services import camera_state_report
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.happenings import elsewhere
from tests.e2e.test_layout import looks_right
from tests.workers.rows import LOAD
from workers.models import WorkerNode

pytestmark = pytest.mark.django_db(transaction=True)


@elsewhere
def watch(cast: Any) -> None:
    """Let two machines watch, one just begun, and a camera tell what each stage costs it."""
    now = timezone.now()
    common = {"slots": 32, "version": "1", "started_at": now, "last_seen_at": now}
    WorkerNode.objects.create(name="north-1", host="north", load=LOAD, **common)
    WorkerNode.objects.create(name="south-1", host="south", load={}, **common)
    camera_state_report(
        camera_id=cast.gate3.id, organization_id=cast.acme.id, status="online", at=now, analysed_fps=5.0, frames=100,
        dropped=3, stage_ms={"gate": 0.4, "detect": 5.1, "track": 0.3, "pose": 2.2, "scene": 11.0, "score": 0.9},
    )  # fmt: skip


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_system_page(cast: Any, look: Any, size: tuple[int, int], scheme: str) -> None:
    watch(cast)
    page = look("/system/", person=cast.mia, size=size, color_scheme=scheme)
    expect(page.locator(".headroom strong")).to_have_text("About 15 more cameras fit.")
    expect(page.locator(".headroom")).to_contain_text("Not counted yet: south-1, until a camera has been watched there")
    expect(page.get_by_role("heading", name="north-1")).to_be_visible()
    expect(page.get_by_role("row", name="Gate 3")).to_contain_text("19.9 ms")
    looks_right(page)


@pytest.mark.parametrize(("path", "part"), [("/api/docs/", ".opblock"), ("/api/redoc/", ".api-content h1")])
def test_the_api_pages_start_without_an_error(cast: Any, look: Any, path: str, part: str) -> None:
    page = look("/login/", person=None)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(path)
    expect(page.locator(part).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert said == []
