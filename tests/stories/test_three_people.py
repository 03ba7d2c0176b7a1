"""One change from its marks to its readers: returned for a paragraph, mended, and approved by who took the approver's place meanwhile."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from approvals.models import ApprovalCase, CaseMark, Decision
from organization import appointments, proposals
from organization.models import Appointment, Person, Position
from processes.definition import Definition
from processes.models import Process, Revision
from tests import make
from tests.browser import DESKTOP, PHONE
from tests.stories import acts
from tests.stories.pictures import picture
from training.assignments import hand_out_new
from training.models import Acknowledgement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("three_people")]
OFFICE = "Process manager, Purchasing"
WHY = "Offers are compared in writing: the auditors asked for it."


def content(description: str) -> Definition:
    """Two steps, the first with a paragraph that people talk about."""
    plain = make.definition("Check offer", "Sign order")
    return replace(plain, steps=tuple(replace(one, description=description) if one.key == "s1" else one for one in plain.steps))


@pytest.fixture
def process(people: make.Cast) -> Process:
    """In force, with a draft of its head that says more."""
    made = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    make.effective(made, content("Offers are compared."))
    said = replace(content("Offers are compared.\n\nThe buyer decides alone."), number=made.number, title=made.title)
    make.draft(made, replace(said, document_type=made.document_type, language=made.language), by=people.author)
    return made


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desk", "phone"])
def opens(request: pytest.FixtureRequest, open_as: Callable[..., Page]) -> Callable[[Person], Page]:
    """`opens(person)`: a browser at the desk, or in the hand."""
    size: ViewportSize = request.param
    return lambda person: open_as(person, size=size)


def test_a_change_is_returned_mended_and_approved_by_the_approvers_successor(
    people: make.Cast, process: Process, opens: Callable[[Person], Page]
) -> None:
    author, approver = opens(people.author), opens(people.approver)
    submit_with_marks(author)
    block_and_return(approver)
    correct_and_submit_again(author)
    look_at_what_moved(approver)
    successor = replaced(people)
    approver.reload()
    expect(approver.get_by_role("heading", level=1)).to_contain_text("you may not see it")
    overrule_and_approve(opens(successor))
    verdicts = Decision.objects.order_by("pk").values_list("verdict", "decided_by__login")
    assert list(verdicts) == [("return", "approver"), ("approve", "successor")]
    assert Revision.objects.get(process=process, ordinal=2).label == "2.0"
    acknowledge(opens(people.reader), people.reader, process)


def submit_with_marks(page: Page) -> None:
    """The head says how much the change matters: more than the portal proposes."""
    page.goto("/processes/PUR-001/submit/")
    mark = page.get_by_label(re.compile("^Mark of: "))
    expect(mark).to_have_count(1)
    mark.select_option(label="substantive")
    picture(page, "three-01-marks")
    acts.sign_submission(page, WHY)
    assert CaseMark.objects.get().marked == 3


def block_and_return(page: Page) -> None:
    """A comment at the paragraph stands in the way; approval leads to it, the return names it."""
    acts.open_review(page)
    expect(page.get_by_role("main")).to_contain_text(WHY)
    page.get_by_role("link", name="Show the whole document").click()
    page.get_by_role("button", name="paragraph 2").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Who else decides?")
    page.get_by_label("Stands in the way of approval").check()
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator("#step-s1 .remark.is-blocking")).to_contain_text("Who else decides?")
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_role("region", name="Before approval")).to_be_focused()
    page.get_by_role("textbox", name=re.compile("^Reason")).fill("Two people, please.")
    page.get_by_role("button", name="Return…").click()
    page.get_by_role("dialog").get_by_label("Who else decides?").check()
    picture(page, "three-02-return")
    acts.decide_in(page.get_by_role("dialog"), "Return")
    acts.decided(page)


def correct_and_submit_again(page: Page) -> None:
    """The author reads why, mends the text, answers what the return names, and submits again."""
    page.goto(f"/reviews/{ApprovalCase.objects.get().pk}/")
    expect(page.get_by_role("main")).to_contain_text("Two people, please.")
    page.goto("/processes/PUR-001/draft/")
    expect(page.locator(".editor.is-ready")).to_be_visible()
    acts.step(page, 2).fill("Check offer together")
    acts.step(page, 2).press("Tab")
    acts.saved(page)
    page.goto("/processes/PUR-001/draft/discussion/")
    page.get_by_label("corrected", exact=True).check()
    page.get_by_label("In a word").fill("Two people check.")
    page.get_by_role("button", name="Keep the answers").click()
    expect(acts.toast(page)).to_contain_text("approvers read your answers")
    page.goto("/processes/PUR-001/submit/")
    expect(page.get_by_label(re.compile("^Mark of: .*Description"))).to_have_value("3")  # as marked before
    acts.sign_submission(page, WHY)


def look_at_what_moved(page: Page) -> None:
    """The approver sees the answer and the one step that moved; the whole change waits behind a click."""
    acts.open_review(page)
    moved = page.locator(".since")
    expect(moved).to_contain_text("Two people check.")
    expect(moved.locator(".comparison")).to_have_count(1)
    expect(moved.locator(".comparison ins").last).to_contain_text("together")
    expect(page.locator(".whole-change .comparison").first).to_be_hidden()
    picture(page, "three-03-what-moved")


def replaced(people: make.Cast) -> Person:
    """The approver leaves the position half way; somebody else is appointed, and a second person confirms it."""
    now, office = make.now(), Position.objects.get(title=OFFICE)
    successor = make.person("successor", level=3, password=make.PASSWORD)
    held = Appointment.objects.get(position=office)
    appointments.end_appointment(held, by=people.admin, now=now, ends_before=now.date())
    proposed = proposals.appoint(successor, office, by=people.admin, now=now, starts_on=now.date())
    make.confirmed(proposed, by=people.boss, at=now)
    return successor


def overrule_and_approve(page: Page) -> None:
    """Who raised it is gone: the successor decides against it with a reason, and signs."""
    acts.open_review(page)
    expect(page.locator(".since")).to_have_count(0)
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_role("region", name="Before approval")).to_be_focused()
    thread = page.locator(".remark.is-blocking")
    thread.get_by_text("Overrule…").click()
    thread.get_by_label("Reason").fill("Two people sign now.")
    thread.get_by_role("button", name="Overrule").click()
    expect(page.locator("#before-approval")).to_have_count(0)
    acts.decide(page)
    acts.decided(page)
    picture(page, "three-04-approved")


def acknowledge(page: Page, reader: Person, process: Process) -> None:
    """Whoever works by it reads it and confirms."""
    hand_out_new(make.now())
    page.goto("/reading/")
    page.get_by_role("link", name=f"Read {process.number}").click()
    acts.confirm_reading(page)
    assert Acknowledgement.objects.filter(person=reader, revision__ordinal=2).count() == 1
