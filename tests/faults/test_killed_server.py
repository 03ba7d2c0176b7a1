"""The server is killed while somebody types: what was typed is there when it runs again, each line once."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import make
from tests.faults.machinery import ROOT, Portal, kill
from tests.stories import acts

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = """
from processes.definition import Definition
from tests import make
cast = make.cast()
whole = make.definition()
process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
make.draft(process, Definition(steps=(whole.steps[0], whole.steps[-1]), roles=whole.roles), by=cast.author)
"""
NAMES = """
from processes.canonical import from_json
from processes.models import Revision
open({path!r}, "w").write("\\n".join(step.name for step in from_json(Revision.objects.get().content).steps))
"""


class Server:
    """The web server of a portal, always at the same address."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"

    def start(self) -> "subprocess.Popen[bytes]":
        """Started and answering."""
        command = [sys.executable, "-m", "gunicorn", "processportal.wsgi", "--bind", self.address, "--threads", "4", "--no-control-socket"]
        with self.portal.log.open("ab") as log:
            made = subprocess.Popen(command, cwd=ROOT, env=self.portal.environment, stdout=log, stderr=log, start_new_session=True)
        self.portal.started.append(made)
        self.portal.wait(self.answers)
        return made

    def answers(self) -> bool:
        """Whether it does."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{self.address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
        return False


@pytest.fixture
def server(portal: Portal) -> Server:
    """Of a portal with one draft."""
    portal.run(SEED)
    portal.python("manage.py", "collectstatic", "--noinput", "-v", "0")
    return Server(portal)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A browser of its own."""
    context = browser.new_context(base_url=f"http://{server.address}", locale="en")
    yield context.new_page()
    context.close()


def test_nothing_typed_is_lost_or_doubled(page: Page, server: Server, portal: Portal, tmp_path: Path) -> None:
    running = server.start()
    page.goto("/processes/PUR-001/draft/")
    page.get_by_label("Login name").fill("author")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    page.get_by_role("textbox", name="Next step", exact=True).focus()
    lines = [f"Do task {n}" for n in range(12)]
    for n, line in enumerate(lines):
        page.keyboard.type(line, delay=25)
        if n in {2, 5, 9}:  # in the middle of typing, whatever is on its way
            kill(running)
        page.keyboard.press("Enter")
        if n in {4, 7, 11}:
            expect(page.locator("[data-part=status]")).to_have_attribute("data-state", "kept")
            running = server.start()
    acts.saved(page)
    time.sleep(1)
    acts.saved(page)
    found = tmp_path / "names"
    portal.run(NAMES.format(path=str(found)))
    assert found.read_text().splitlines() == ["Need arises", *lines, "Need met"]
    page.reload()
    expect(page.locator(".line-name")).to_have_count(15)  # and the line that waits
