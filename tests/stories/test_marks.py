"""How much a change matters, from the author's mark to the version that readers see: in a browser, at the desk and on the phone."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from approvals.models import ApprovalCase, MarkCorrection
from organization.models import Person
from processes.canonical import to_json
from processes.models import Revision
from tests import make
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("marks")]
Window = Callable[[Person], Page]
OLD = make.definition("Check offer", "Sign order")


def second_version(people: make.Cast) -> Revision:
    """Other words in the purpose, and an input for the first step."""
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    make.effective(process, OLD, since=make.now() - dt.timedelta(days=90))
    steps = (OLD.steps[0], replace(OLD.steps[1], inputs=("Offer",)), *OLD.steps[2:])
    return make.draft(process, replace(OLD, purpose="Why we do this.", steps=steps), by=people.author)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_author_marks_down_an_approver_corrects_and_readers_get_the_version(
    window: Window, people: make.Cast, size: ViewportSize
) -> None:
    second_version(people)
    author, approver = window(people.author), window(people.approver)
    for page in (author, approver):
        page.set_viewport_size(size)
    author.goto("/processes/PUR-001/submit/")
    expect(author.get_by_role("heading", name="What this touches")).to_be_visible()
    why = author.get_by_label("Why less than substantive")
    expect(why).to_be_hidden()
    author.get_by_role("combobox", name=re.compile("Inputs")).select_option(label="clarifying")
    expect(why).to_be_visible()
    assert accessibility_faults(author) == []
    picture(author, f"marks-01-author-{size['width']}")
    author.get_by_label("What changes, and why").fill("The offer is named.")
    author.get_by_label("Your password").fill(make.PASSWORD)
    author.get_by_role("button", name="Sign and submit").click()
    expect(author.get_by_text("Say why changes that are always substantive").first).to_be_visible()
    expect(author.get_by_role("combobox", name=re.compile("Inputs"))).to_have_value("2")
    why.fill("It was always needed.")
    author.get_by_label("Your password").fill(make.PASSWORD)
    author.get_by_role("button", name="Sign and submit").click()
    expect(author).to_have_url(re.compile(r"/reviews/\d+/$"))

    approver.goto(f"/reviews/{ApprovalCase.objects.get().pk}/")
    expect(approver.get_by_text("Author: clarifying, proposed: substantive")).to_be_visible()
    approver.get_by_role("button", name="Approve…").click()
    expect(approver.get_by_role("dialog")).to_have_count(0)
    approver.get_by_role("combobox", name=re.compile("Purpose")).select_option(label="cosmetic")
    assert accessibility_faults(approver) == []
    picture(approver, f"marks-02-approver-{size['width']}")
    acts.decide(approver, "Approve", reason="Nobody does anything else.")
    acts.decided(approver)
    assert list(MarkCorrection.objects.values_list("place", "after")) == [("text//purpose", 1)]

    reader = window(people.reader)
    reader.goto("/processes/PUR-001/")
    expect(reader.get_by_role("main")).to_contain_text("1.1")
    reader.goto("/processes/PUR-001/compare/?from=1&to=2")
    expect(reader.get_by_role("heading", name="The change makes things clearer")).to_be_visible()
    assert ApprovalCase.objects.get().revision.label == "1.1"


def test_raised_by_the_approver_it_is_a_major_version(window: Window, people: make.Cast) -> None:
    draft = second_version(people)
    Revision.objects.filter(pk=draft.pk).update(content=draft.content | {"steps": to_json(OLD)["steps"]})
    author, approver = window(people.author), window(people.approver)
    author.goto("/processes/PUR-001/submit/")
    author.get_by_label("What changes, and why").fill("Clearer words.")
    author.get_by_label("Your password").fill(make.PASSWORD)
    author.get_by_role("button", name="Sign and submit").click()
    expect(author).to_have_url(re.compile(r"/reviews/\d+/$"))
    acts.open_review(approver)
    expect(approver.get_by_text("Proposed as a minor version")).to_be_visible()
    approver.get_by_role("combobox", name=re.compile("Purpose")).select_option(label="substantive")
    acts.decide(approver)
    acts.decided(approver)
    assert ApprovalCase.objects.get().revision.label == "2.0"
