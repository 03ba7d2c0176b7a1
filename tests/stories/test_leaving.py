"""The only approver leaves in the middle of a review: it goes on with the next in line, and nothing of hers is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from approvals import workflow
from approvals.models import ApprovalCase, Decision
from organization.models import Person, Position, Proposal
from processes.models import Move, Revision
from tests import make
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.stories import acts
from tests.stories.pictures import picture
from tests.stories.worker import until
from worklist.items import raise_item
from worklist.models import Handover, HandoverLine, Vacancy, WorkItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("leaving")]
Window = Callable[[Person], Page]


@pytest.mark.both_databases
@pytest.mark.usefixtures("worker")
def test_the_only_approver_leaves_in_the_middle_of_a_review(window: Window, people: make.Cast) -> None:
    revision = in_review(people)
    review_owed(people)
    acts.open_review(window(people.approver))
    leave(window(people.admin), people.approver)
    next_in_line = window(people.manager)
    decide_for_the_leaver(next_in_line)
    revision.refresh_from_db()
    assert (revision.state, revision.effective_from is not None) == ("approved", True)
    see_what_is_left(window(people.author), people.approver)
    hand_over(window(people.author), people.approver, to=people.reader)
    take_over(window(people.reader))
    until(lambda: Vacancy.objects.filter(work_item__closed_at__isnull=True).exists(), "the vacancy of the approver's position")
    nothing_was_published_by_it(people)
    fill(window(people.admin), people.reader, people.boss)
    close(window(people.author))


def in_review(people: make.Cast) -> Revision:
    """PUR-001 waits for the department's process manager, and for nobody else."""
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    workflow.submit(make.draft(process, by=people.author), by=people.author, now=make.now())
    seats = WorkItem.objects.open().filter(kind="decide").values_list("position__title", flat=True)
    assert list(seats) == ["Process manager, Purchasing"]
    Position.objects.filter(title="Head of Purchasing").update(deputy=None)
    return Revision.objects.get(process=process)


def review_owed(people: make.Cast) -> None:
    """Something that is no decision and waits for the same position."""
    owner = Position.objects.get(title="Process manager, Purchasing")
    make.process(people.purchasing, number="PUR-002", title="Pay invoices", owner=owner)
    raise_item(
        kind="review", subject="PUR-002 Pay invoices", url_name="process", url_args=["PUR-002"], position=owner, now=make.now(),
        due_on=make.now().date(), source_key="review-of-PUR-002",
    )  # fmt: skip


def leave(page: Page, person: Person) -> None:
    """The administrator first looks what would happen, then deactivates."""
    page.goto(f"/organization/people/{person.pk}/")
    page.get_by_role("link", name="What if Approver left?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What if Approver left today?")
    expect(page.locator(".move-row")).to_contain_text("Manager")
    expect(page.get_by_text("Manager would decide")).to_be_visible()
    assert accessibility_faults(page) == []
    picture(page, "leaving-01-what-if")
    page.goto(f"/organization/people/{person.pk}/")
    page.get_by_role("link", name="Deactivate person").click()
    page.get_by_role("button", name="Deactivate").click()
    expect(acts.toast(page)).to_contain_text("Approver has no access any more.")


def decide_for_the_leaver(page: Page) -> None:
    """The next in line sees why it is with her, and signs."""
    page.goto("/work/")
    row = page.locator(".work-row", has_text="PUR-001")
    expect(row).to_contain_text("for Process manager, Purchasing, which nobody holds")
    picture(page, "leaving-02-next-in-line")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("for Process manager, Purchasing, which nobody holds")
    acts.decide(page)
    acts.decided(page)
    decision = Decision.objects.get()
    assert (decision.decided_by.login, decision.acting_for) == ("manager", "for Process manager, Purchasing, which nobody holds")
    assert ApprovalCase.objects.get().state == "approved"


def see_what_is_left(page: Page, person: Person) -> None:
    """The head above has the handover and the vacancy on her list."""
    handover = Handover.objects.get(person=person)
    kinds = {"item", "position", "process"}
    until(lambda: set(handover.lines.values_list("kind", flat=True)) == kinds, "what all apps know of the leaver")
    until(lambda: WorkItem.objects.open().filter(kind="fill_vacancy").exists(), "the vacancy as a work item")
    page.goto("/work/")
    expect(page.locator(".work-row", has_text="Fill a vacancy")).to_contain_text("Process manager, Purchasing")
    page.locator(".work-row", has_text="Hand over").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handover of Approver")


def hand_over(page: Page, person: Person, *, to: Person) -> None:
    """Everything is offered at once; somebody without the level is refused with a sentence and everything typed stays."""
    Position.objects.filter(title="Process manager, Purchasing").update(required_level=1)
    page.get_by_role("checkbox", name="Tick everything").check()
    page.get_by_role("combobox", name="Successor").fill(to.login)
    page.get_by_label("Reason, and what to know").fill("Knows every invoice.")
    page.get_by_role("button", name="Offer").click()
    expect(page.get_by_role("alert")).to_contain_text("needs Level 1")
    expect(page.get_by_label("Reason, and what to know")).to_have_value("Knows every invoice.")
    picture(page, "leaving-03-refused")
    make.hold(to, 1)
    page.get_by_role("button", name="Offer").click()
    expect(page.get_by_text("Offered")).to_have_count(HandoverLine.objects.count())
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert accessibility_faults(page) == []
    picture(page, "leaving-04-offered")


def take_over(page: Page) -> None:
    """The successor takes everything in one go."""
    page.goto("/work/")
    row = page.locator(".work-row", has_text="3 things from Approver")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    assert accessibility_faults(page) == []
    picture(page, "leaving-05-take-over")
    page.get_by_role("button", name="Accept").click()
    expect(acts.toast(page)).to_contain_text("Your answer is recorded.")
    item = WorkItem.objects.get(source_key="review-of-PUR-002")
    assert (item.assigned_to.login, item.position.title, item.closed_at) == ("reader", "Process manager, Purchasing", None)


def nothing_was_published_by_it(people: make.Cast) -> None:
    """One move to approved, by the one who signed; the decision stands as it was made."""
    assert list(Move.objects.filter(to_state="approved").values_list("by__login", flat=True)) == ["manager"]
    assert Revision.objects.filter(effective_from__isnull=False).count() == 1
    assert Decision.objects.count() == 1
    assert not Position.objects.get(title="Process manager, Purchasing").appointments.filter(person=people.reader).exists()


def fill(page: Page, person: Person, second: Person) -> None:
    """An administrator appoints, and a second person confirms; the vacancy is over and its line settled without anybody touching them."""
    page.goto(f"/organization/positions/{Position.objects.get(title='Process manager, Purchasing').pk}/")
    page.get_by_role("link", name="Appoint").click()
    page.get_by_role("textbox", name="Person").or_(page.get_by_role("combobox", name="Person")).fill(person.login)
    page.get_by_role("button", name="Appoint").click()
    expect(acts.toast(page)).to_contain_text("It takes effect as soon as a second person confirms it.")
    make.confirmed(Proposal.objects.get(), by=second, at=make.now())
    until(lambda: not Vacancy.objects.filter(until__isnull=True).exists(), "the end of the vacancy")
    until(HandoverLine.objects.filter(kind="position", settled_at__isnull=False).exists, "the line of the position")
    assert WorkItem.objects.get(kind="fill_vacancy").outcome == "done"


def close(page: Page) -> None:
    """Nothing is left."""
    page.goto("/handovers/")
    page.get_by_role("link", name="Approver").click()
    page.get_by_role("button", name="Close the handover").click()
    expect(acts.toast(page)).to_contain_text("The handover is closed.")
    page.goto("/continuity/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Organization")
    assert accessibility_faults(page) == []
    picture(page, "leaving-06-continuity")
