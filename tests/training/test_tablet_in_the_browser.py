"""A shared tablet in a real browser: badge and PIN, reading, badge and PIN again; then the next one sees nothing of it."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from organization import pins
from tests import make
from tests.browser import PHONE, accessibility_faults
from tests.stories.pictures import picture
from training import acknowledgements, assignments, opened
from training.models import Acknowledgement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET: ViewportSize = {"width": 1024, "height": 768}


@pytest.mark.parametrize(("theme", "size"), [("light", TABLET), ("dark", PHONE)], ids=["tablet", "phone"])
def test_somebody_confirms_at_the_machine_and_goes(
    transactional_db: None, open_as: Callable[..., Page], theme: str, size: ViewportSize
) -> None:
    cast, now = make.cast(), make.now()
    cast.reader.badge = "100200"
    cast.reader.save()
    pins.set_pin(cast.reader, "4071", now=now - dt.timedelta(days=1))
    read = make.effective(make.process(cast.purchasing), since=now - dt.timedelta(days=2))
    acknowledgements.acknowledge(read, by=cast.reader, now=now, token=opened.token(cast.reader, read, opened.WHOLE, now))
    revision = make.effective(read.process, make.definition("Check two offers", "Sign order"), since=now - dt.timedelta(days=1))
    assignments.hand_out(revision, now)
    page = open_as(cast.approver, theme=theme, size=size)
    faults = []

    def look(name: str, heading: str) -> None:
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        picture(page, f"tablet-{name}-{theme}")
        faults.extend(f"{name}: {fault}" for fault in accessibility_faults(page))

    page.goto("/tablets/")
    page.get_by_label("Place").fill("Hall 2, line 4")
    page.get_by_label("Department").select_option(str(cast.purchasing.pk))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile(r"/tablet/$"))
    look("idle", "Read and confirm")
    identify(page, "100200", "9999")
    expect(page.get_by_role("status")).to_be_visible()
    identify(page, "100200", "4071")
    look("list", "To read")
    page.get_by_role("button", name="Read PUR").click()
    page.get_by_role("button", name="Show the whole procedure").click()
    expect(page.get_by_text("Where it holds.")).to_be_visible()
    look("text", "Purchase to pay")
    page.get_by_role("button", name="Show only the changes").click()
    expect(page.get_by_role("heading", name="What changed since revision 1.0")).to_be_visible()
    look("changes", "Purchase to pay")
    identify(page, "100200", "4071")
    expect(page.get_by_text("Recorded: you have read and understood")).to_be_visible()
    made = Acknowledgement.objects.get(person=cast.reader, revision=revision)
    assert (made.tablet is not None, made.shown) == (True, "changes")
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_label("Badge")).to_be_visible()
    expect(page.get_by_text("Purchase to pay")).to_have_count(0)
    page.goto("/work/")
    expect(page).to_have_url(re.compile("login"))
    assert "\n".join(faults) == ""
    page.context.close()


def identify(page: Page, badge: str, pin: str) -> None:
    """Types both and goes on."""
    page.get_by_label("Badge").fill(badge)
    page.get_by_label("PIN").fill(pin)
    page.get_by_label("PIN").press("Enter")
