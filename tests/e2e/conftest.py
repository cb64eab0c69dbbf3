"""A browser for the portal's tests: Chromium from the system, driven against a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.portal import Server

DESK = (1440, 900)
PHONE = (390, 844)
PATIENCE_MS = 15_000
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

OpenPage = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def portal(django_db_setup: None) -> Iterator[Server]:
    server = Server()
    server.start()
    yield server
    server.stop()


# Not for the session: Playwright keeps an event loop running in this thread, and other tests bring their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium is installed here; the portal's browser tests need it on the PATH")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def look(browser: Browser, portal: Server, cast: Any) -> Iterator[OpenPage]:
    """Open a page of the portal as a person of the cast, or as nobody; a script's error fails the test."""
    contexts, broken = [], []

    def opened(path: str = "/console/", person: Any = None, size: tuple[int, int] = DESK, **options: Any) -> Page:
        context = browser.new_context(base_url=portal.url, viewport={"width": size[0], "height": size[1]}, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if person is not None:
            session = cast.login(Client(), person).session.session_key
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": portal.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    # The tables are emptied next; a request that is still running would deadlock with that.
    portal.wait_until_quiet()
    assert broken == []


@pytest.fixture
def live(look: OpenPage) -> OpenPage:
    """Like `look`, and wait until the console says that it is live."""

    def opened(*args: Any, **options: Any) -> Page:
        page = look(*args, **options)
        expect(page.locator("#link-state")).to_have_text("live")
        return page

    return opened
