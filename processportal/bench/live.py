"""From a keystroke in the editor to the new drawing beside it, in a real browser against a real server of this run.

It needs what only the tests need (playwright and a Chromium); where they are missing the rows say so.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import timezone

from organization.models import Appointment
from processes import importing
from processes.catalogue import create_process
from processportal.bench.company import Made, steps_of

SIZES: Final = (10, 50, 200)
KEYS: Final = 20
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
TYPE: Final = """async (keys) => {
  const line = document.querySelectorAll(".line-name")[1];
  const chart = document.querySelector("[data-part=chart]");
  const taken = [];
  for (let n = 0; n < keys; n++) {
    const begun = performance.now();
    line.value += "x";
    line.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await new Promise((drawn) => {
      const watch = new MutationObserver(() => (watch.disconnect(), drawn()));
      watch.observe(chart, { childList: true });
    });
    taken.push((performance.now() - begun) / 1000);
    await new Promise((go) => setTimeout(go, 200));
  }
  return taken;
}"""


@dataclass(frozen=True, slots=True)
class Typed:
    """Seconds from a keystroke to the new drawing: the median and the 95th of a hundred. The pause before saving is in them."""

    steps: int
    p50: float
    p95: float


def measure(made: Made) -> Iterator[Typed]:
    """One row for each size; none where there is no browser."""
    path = next((found for found in map(shutil.which, BROWSERS) if found), "")
    if not path or find_spec("playwright") is None:
        return
    sync_playwright = import_module("playwright.sync_api").sync_playwright  # only where the libraries of the tests are
    addresses = [(size, _draft(made, size)) for size in SIZES]
    client = Client()
    client.force_login(made.author, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with _served() as server, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
        for size, address in addresses:
            page = context.new_page()
            page.goto(server + address)
            page.wait_for_selector(".editor.is-ready")
            taken = sorted(page.evaluate(TYPE, KEYS))
            page.close()
            yield Typed(size, taken[len(taken) // 2], taken[int(len(taken) * 0.95) - 1])
        browser.close()


def _draft(made: Made, size: int) -> str:
    now, home = timezone.now(), Appointment.objects.select_related("position__department").get(person=made.author).position
    process = create_process(
        title=f"Typed {size}", document_type="process", level="department", department=home.department, owner=home, by=made.author, now=now
    )
    importing.fill(process.revisions.get(), steps_of(size), by=made.author, now=now)
    return f"/processes/{process.number}/draft/"


def _as_it_is(handler: Any) -> Any:
    """Static files are served as for everybody: collected, by the middleware."""
    return handler


@contextmanager
def _served() -> Iterator[str]:
    """The portal of this process on a port of its own."""
    shared: dict[str, Any] = {}
    for one in connections.all():
        if one.vendor == "sqlite" and one.is_in_memory_db():  # type: ignore[attr-defined]
            one.inc_thread_sharing()
            shared[one.alias] = one
    thread = LiveServerThread("127.0.0.1", _as_it_is, connections_override=shared)  # type: ignore[arg-type]
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    try:
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        for one in shared.values():
            one.dec_thread_sharing()
