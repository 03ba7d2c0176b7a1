"""A review that does not go straight: returned and mended, clicked twice, decided by two people at one moment."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from approvals import workflow
from approvals.models import ApprovalCase, CaseStage, Decision
from organization.models import Person, Position
from tests import make
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("review")]
Window = Callable[[Person], Page]
SIGNS = "setTimeout(() => document.querySelector('#sign [type=submit]:not([hidden])').click(), 100)"


def submitted(people: make.Cast, *, participating: bool = False) -> ApprovalCase:
    """A first version of PUR-001 in review."""
    others = [people.stores] if participating else []
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author, participating=others)
    return workflow.submit(make.draft(process, by=people.author), by=people.author, now=make.now())


def test_returned_mended_and_submitted_again(window: Window, people: make.Cast) -> None:
    submitted(people)
    approver, author = window(people.approver), window(people.author)
    acts.open_review(approver)
    approver.get_by_role("button", name="Return…").click()
    expect(approver.get_by_role("dialog")).to_have_count(0)
    acts.decide(approver, "Return", reason="Say who checks the offer.")
    acts.decided(approver)
    author.goto("/notices/")
    notice = author.locator(".notice-row").first
    expect(notice).to_contain_text("was returned to you for changes")
    expect(notice).to_contain_text("Say who checks the offer.")
    picture(author, "review-01-returned")
    notice.get_by_role("button", name="Open").click()
    expect(author.get_by_role("main")).to_contain_text("Say who checks the offer.")
    author.goto("/processes/PUR-001/draft/")
    expect(author.locator(".editor.is-ready")).to_be_visible()
    acts.step(author, 2).fill("Check offer with a colleague")
    acts.step(author, 2).press("Tab")
    acts.submit(author, "A colleague checks.")
    acts.open_review(approver)
    expect(approver.get_by_role("main")).to_contain_text("A colleague checks.")
    acts.decide(approver)
    acts.decided(approver)
    verdicts = Decision.objects.order_by("pk").values_list("verdict", "case__state")
    assert list(verdicts) == [("return", "returned"), ("approve", "approved")]


def test_a_double_click_signs_once(window: Window, people: make.Cast) -> None:
    submitted(people)
    page = window(people.approver)
    acts.open_review(page)
    dialog = acts.ask_for_signature(page, "Approve")
    dialog.get_by_label("Your password").fill(make.PASSWORD)
    dialog.get_by_role("button", name="Sign and approve").dblclick()
    acts.decided(page)
    assert Decision.objects.count() == 1


def test_the_same_form_sent_twice_at_once_signs_once(window: Window, people: make.Cast) -> None:
    """As when a click is repeated by the network and not by the page's own script, which sends once."""
    submitted(people)
    page = window(people.approver)
    acts.open_review(page)
    acts.ask_for_signature(page, "Approve").get_by_label("Your password").fill(make.PASSWORD)
    answers = page.locator("#decision").evaluate(
        "form => Promise.all([1, 2, 3].map(() =>"
        " fetch(form.action, {method: 'POST', body: new FormData(form), redirect: 'manual'}).then(answer => answer.type)))"
    )
    assert answers == ["opaqueredirect"] * 3
    assert Decision.objects.count() == 1


def together(*pages: Page) -> None:
    """Everybody presses the button at the same moment; waits for every answer."""
    for page in pages:
        acts.ask_for_signature(page, "Approve").get_by_label("Your password").fill(make.PASSWORD)
    for page in pages:
        page.evaluate(SIGNS)
    for page in pages:
        acts.decided(page)


def test_two_seats_decided_at_the_same_instant_open_the_next_stage_once(window: Window, people: make.Cast) -> None:
    case = submitted(people, participating=True)
    pages = window(people.approver), window(Person.objects.get(login="storekeeper"))
    for page in pages:
        acts.open_review(page)
    together(*pages)
    assert Decision.objects.filter(verdict="approve").count() == 2
    stages = CaseStage.objects.filter(case=case).order_by("order")
    assert [(stage.opened_at is not None, stage.closed_at is not None) for stage in stages] == [(True, True), (True, False)]
    acts.open_review(window(people.manager))


def test_two_holders_of_one_seat_at_the_same_instant_make_one_decision(window: Window, people: make.Cast) -> None:
    submitted(people)
    second = make.person("second", level=3, password=make.PASSWORD)
    make.appoint(second, Position.objects.get(title="Process manager, Purchasing"))
    pages = window(people.approver), window(second)
    for page in pages:
        acts.open_review(page)
    together(*pages)
    assert Decision.objects.count() == 1
    told = [page.get_by_text("Not signed.").count() for page in pages]
    assert sorted(told) == [0, 1]
    picture(pages[told.index(1)], "review-02-somebody-was-faster")
