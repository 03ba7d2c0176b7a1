"""What ends and what goes together: a document is withdrawn by its own case, and two drafts take effect at one moment."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from approvals.models import ApprovalCase
from organization.models import Person
from processes.models import Process, Revision
from tests import make
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("endings")]
Window = Callable[[Person], Page]


def test_a_document_is_withdrawn_and_says_so_to_its_readers(window: Window, people: make.Cast) -> None:
    process = make.process(people.purchasing, number="PUR-001", title="Order by fax", created_by=people.author)
    make.effective(process)
    author, approver, reader = window(people.author), window(people.approver), window(people.reader)
    author.goto("/processes/PUR-001/withdraw/")
    expect(author.get_by_role("complementary", name="Who decides")).to_contain_text("Whoever asks for the withdrawal never decides on it.")
    author.get_by_label("Why it is withdrawn").fill("Nobody has a fax any more.")
    author.get_by_label("Your password").fill(make.PASSWORD)
    author.get_by_role("button", name="Sign and hand in").click()
    expect(author.get_by_role("main")).to_contain_text("You asked for this withdrawal.")
    expect(author.get_by_role("button", name="Recall: it stays in force")).to_be_visible()
    acts.open_review(approver)
    expect(approver.get_by_role("main")).to_contain_text("Nobody has a fax any more.")
    expect(approver.get_by_role("button", name="Return…")).to_have_count(0)
    picture(approver, "endings-01-withdrawal")
    acts.decide(approver)
    acts.decided(approver)
    reader.goto("/processes/PUR-001/")
    expect(reader.get_by_role("main")).to_contain_text("This document is withdrawn. Do not work by it.")
    expect(reader.get_by_role("main")).to_contain_text("Nobody has a fax any more.")


def test_two_drafts_are_submitted_approved_and_in_force_together(window: Window, people: make.Cast) -> None:
    for number in ("PUR-001", "PUR-002"):
        make.draft(make.process(people.purchasing, number=number, title=f"Law of {number}", created_by=people.author), by=people.author)
    author, approver = window(people.author), window(people.approver)
    author.goto("/processes/PUR-001/submit/")
    author.get_by_role("link", name="Submit it together with other drafts…").click()
    author.get_by_label("Title").fill("New law")
    author.get_by_label("Why these changes belong together").fill("The law has changed.")
    author.get_by_role("button", name="Begin the package").click()
    author.get_by_label("What changes here").fill("Who is asked.")
    author.get_by_label("Number of the process").fill("PUR-002")
    author.get_by_label("Number of the process").press("Enter")
    expect(author.locator(".package-member")).to_have_count(2)
    expect(author.get_by_label("What changes here").first).to_have_value("Who is asked.")
    author.get_by_label("Your password").fill(make.PASSWORD)
    picture(author, "endings-02-package")
    author.get_by_role("button", name="Sign and submit together").click()
    expect(acts.toast(author)).to_contain_text("Submitted together.")
    for case in ApprovalCase.objects.order_by("pk"):
        assert not Revision.objects.filter(effective_from__isnull=False).exists()
        approver.goto(f"/reviews/{case.pk}/")
        expect(approver.get_by_role("link", name="New law")).to_be_visible()
        acts.decide(approver)
        acts.decided(approver)
    assert len(set(Revision.objects.values_list("state", "effective_from"))) == 1
    for process in Process.objects.all():
        approver.goto(f"/processes/{process.number}/")
        expect(approver.locator(".meta-row").first).to_contain_text("In force")
