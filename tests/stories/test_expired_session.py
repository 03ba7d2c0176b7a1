"""The session ends in the middle of typing; after signing in again the text is there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from organization.models import OpenSession as Session
from organization.models import Person
from processes.models import Process, Revision
from tests import make
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("expired_session")]
Window = Callable[[Person], Page]


def end_sessions() -> None:
    """As when the night has passed."""
    assert Session.objects.all().delete()[0]


def test_in_the_editor(window: Window, people: make.Cast) -> None:
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    draft = make.draft(process, by=people.author)
    page = window(people.author)
    page.goto("/processes/PUR-001/draft/")
    expect(page.locator(".editor.is-ready")).to_be_visible()
    acts.step(page, 2).fill("Check the offer and the supplier")
    acts.saved(page)
    end_sessions()
    acts.step(page, 3).fill("Sign the order twice")
    expect(page.get_by_role("alert")).to_contain_text("You were signed out; your text is kept on this device.", timeout=20_000)
    picture(page, "session-01-signed-out")
    page.get_by_role("link", name="Sign in again").click()
    acts.sign_in(page, people.author)
    expect(page.locator(".editor.is-ready")).to_be_visible()
    expect(acts.step(page, 3)).to_have_value("Sign the order twice")
    acts.saved(page)
    names = [step["name"] for step in Revision.objects.get(pk=draft.pk).content["steps"]]
    assert names == ["Need arises", "Check the offer and the supplier", "Sign the order twice", "Need met"]


def test_in_a_form(window: Window, people: make.Cast) -> None:
    page = window(people.author)
    page.goto("/processes/new/")
    page.get_by_label("Title").fill("Calibrate gauges")
    page.get_by_role("checkbox", name="Stores").check()
    end_sessions()
    page.get_by_role("button", name="Create and type the steps").click()
    acts.sign_in(page, people.author)
    expect(page.get_by_label("Title")).to_have_value("Calibrate gauges")
    expect(page.get_by_role("checkbox", name="Stores")).to_be_checked()
    expect(page.get_by_text("Your text was kept.")).to_be_visible()
    picture(page, "session-02-text-kept")
    page.get_by_role("button", name="Create and type the steps").click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    made = Process.objects.get()
    assert (made.title, [one.code for one in made.participating.all()]) == ("Calibrate gauges", ["STO"])
