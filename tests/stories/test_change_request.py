"""A reader asks for a change on the phone by keyboard, the owner takes it into the next version, and the reader learns it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from organization.models import Person, Position
from processes import lifecycle
from processes.models import ChangeRequest, Revision
from tests import make
from tests.browser import PHONE
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("review")]
WRONG = "The limit of 500 € is out of date."


def test_from_the_step_to_the_version_that_does_it(window: Callable[[Person], Page], people: make.Cast) -> None:
    owner = Position.objects.get(title="Head of Purchasing")
    make.effective(make.process(people.purchasing, number="PUR-001", created_by=people.author, owner=owner))
    reader, author = window(people.stranger), window(people.author)
    reader.set_viewport_size(PHONE)
    reader.goto("/processes/PUR-001/")
    reader.get_by_role("link", name="Suggest a change to step 3, Sign order").press("Enter")
    expect(reader.get_by_label("About")).to_have_value("s2")
    reader.get_by_label("What is wrong or missing").fill(WRONG)
    picture(reader, "request-01-asked-on-the-phone")
    reader.get_by_role("button", name="Send the request").press("Enter")
    expect(reader.get_by_role("main")).to_contain_text("Waits for an answer")

    author.goto("/work/")
    author.get_by_role("link", name="Answer PUR-001 Purchase to pay").click()
    expect(author.get_by_role("main")).to_contain_text(WRONG)
    picture(author, "request-02-owner")
    author.get_by_role("button", name="Accept", exact=True).click()
    author.get_by_role("link", name="Go to the draft").click()
    expect(author.locator(".editor.is-ready")).to_be_visible()
    expect(author.get_by_role("main")).to_contain_text(WRONG)
    acts.step(author, 3).fill("Sign order above 800 €")
    acts.step(author, 3).press("Tab")
    acts.saved(author)
    draft = Revision.objects.get(state="draft")
    lifecycle.submit(draft, by=people.author, now=make.now())
    lifecycle.approve(draft, by=people.manager, now=make.now())
    assert ChangeRequest.objects.get().state == "done"

    reader.goto("/notices/")
    reader.get_by_role("button", name="your change request is done in version 2.0").click()
    expect(reader.get_by_role("main")).to_contain_text("Done in version 2.0")
    expect(reader.get_by_role("main")).to_contain_text("Sign order above 800 €")
    picture(reader, "request-03-done")
