"""A real Chromium for tests: the one on this machine, a signed-in page, and the accessibility check.

Import the fixtures into the `conftest.py` of a folder whose tests drive a browser.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from organization.models import Person
from tests.conftest import SignedIn

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

expect.set_options(timeout=15_000)  # ms: two workers with a browser each on two cores are slow at times, and what is there is found at once

LATE = float(os.environ.get("ANSWERS_LATE", "0"))
"""Seconds by which each page of the live server halts after its first bytes: shows tests that look at a page before it has come."""
BEGINNING = 9  # bytes


class LateAnswers:
    """Stands before the portal; a page has begun, so the browser has turned to it, and its content is still under way."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.answer = answer

    def __get__(self, handler: Any, _type: type) -> Callable[..., Iterator[bytes]]:
        return lambda environ, start: self.halting(self.answer(handler, environ, start))

    def halting(self, response: Any) -> Iterator[bytes]:
        """The same bytes."""
        try:
            kind = getattr(response, "headers", {}).get("Content-Type", "")  # a file from the disk has none
            for n, piece in enumerate(response):
                begun = BEGINNING if n == 0 and kind.startswith("text/html") else 0
                if begun:
                    yield piece[:begun]
                    time.sleep(LATE)
                yield piece[begun:]
        finally:
            response.close()


if LATE:
    WSGIHandler.__call__ = LateAnswers(WSGIHandler.__call__)  # type: ignore[method-assign,assignment]


def chromium() -> str:
    """Where the browser is; "" where none is installed."""
    named = os.environ.get("CHROMIUM", "")
    return named or next((path for path in map(shutil.which, NAMES) if path), "")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Starts the machine's own browser. Without one, browser tests are skipped on a desk and fail on the build server."""
    path = chromium()
    if not path and os.environ.get("CI"):
        pytest.fail("no Chromium on this machine: install one or set CHROMIUM")
    if not path:
        pytest.skip("no Chromium on this machine: install one or set CHROMIUM to run the browser tests")
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture
def sign_in(live_server: LiveServer, context: BrowserContext) -> Callable[[Person], None]:
    """`sign_in(cast.author)`: the browser's next page is opened by this person."""

    def as_person(person: Person) -> None:
        client = SignedIn().as_(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return as_person


@pytest.fixture
def open_as(live_server: LiveServer, browser: Browser) -> Callable[..., Page]:
    """`open_as(person, look="dark", size=PHONE)`: a page of its own context; several people at once in one test."""

    def opened(person: Person | None = None, *, theme: str = "light", contrast: str = "standard", size: ViewportSize = DESKTOP) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=size, locale="en", reduced_motion="reduce")
        cookies = {"theme": theme, "contrast": contrast}
        if person:
            cookies[settings.SESSION_COOKIE_NAME] = SignedIn().as_(person).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        return context.new_page()

    return opened


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line each: rule, place, what to do. Empty when all is well.

    After a click wait for what the next page shows: a page that turns while it is read fails with a script error.
    """
    result = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"], "preload": False})
    return [
        f"{fault['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary'].splitlines()[-1].strip()}"
        for fault in result.response["violations"]
        for node in fault["nodes"]
    ]
