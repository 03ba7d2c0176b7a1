"""A conversation beside the text, in a real browser: quoted, returned, corrected, and only what moved looked at again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from approvals import comments, workflow
from approvals.comments import Words
from approvals.models import ApprovalCase, Comment, Decision
from tests import make
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.make import PASSWORD
from tests.stories import acts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opens = Callable[..., Page]


@pytest.fixture
def people(transactional_db: None) -> make.Cast:
    return make.cast()


@pytest.fixture
def case(people: make.Cast) -> ApprovalCase:
    content = make.definition("Check offer", "Sign order")
    description = "Offers are compared.\n\nThe buyer decides alone."
    content = replace(content, steps=tuple(replace(s, description=description) if s.key == "s1" else s for s in content.steps))
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    return workflow.submit(make.draft(process, content, by=people.author), by=people.author, now=make.now())


SELECT = """step => {
  const text = [...step.querySelectorAll(".prose p")].at(-1).firstChild;
  const range = document.createRange();
  range.setStart(text, 5);
  range.setEnd(text, 12);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_paragraph_is_commented_on_returned_corrected_and_only_what_moved_is_looked_at(
    people: make.Cast, case: ApprovalCase, open_as: Opens, size: ViewportSize
) -> None:
    approver = open_as(people.approver, size=size)
    approver.goto(f"/reviews/{case.pk}/")
    approver.locator("#step-s1").evaluate(SELECT)
    approver.locator(".quote-comment").click()
    expect(approver.locator("[data-chosen-words]")).to_have_text("buyer decides")
    approver.keyboard.type("Who else?")
    approver.get_by_role("button", name="Add comment").click()
    thread = approver.locator("#step-s1 .place-talk .remark")
    expect(thread).to_contain_text("Who else?")
    assert approver.evaluate("CSS.highlights.get('quoted').size") == 1
    faults = accessibility_faults(approver)
    approver.get_by_label("Reason").fill("See step 2.")
    approver.get_by_role("button", name="Return…").click()
    approver.get_by_label("Who else?").check()
    faults += accessibility_faults(approver)
    acts.decide_in(approver.get_by_role("dialog"), "Return")
    acts.decided(approver)

    author = open_as(people.author, size=size)
    author.goto(f"/reviews/{case.pk}/")
    author.get_by_role("link", name="Answer the comments").click()
    expect(author.get_by_role("button", name="Keep the answers")).to_be_visible()
    faults += accessibility_faults(author)
    author.get_by_label("corrected", exact=True).check()
    author.get_by_label("In a word").fill("Two people decide.")
    author.get_by_role("button", name="Keep the answers").click()
    expect(acts.toast(author)).to_contain_text("approvers read your answers")
    author.goto("/processes/PUR-001/draft/")
    expect(author.locator(".editor.is-ready")).to_be_visible()
    acts.step(author, 2).fill("Check offer together")
    acts.step(author, 2).press("Tab")
    acts.submit(author, "Two decide.")

    approver.goto(f"/reviews/{ApprovalCase.objects.get(state='open').pk}/")
    moved = approver.locator(".since")
    expect(moved).to_contain_text("Two people decide.")
    expect(moved.locator(".comparison")).to_have_count(1)
    expect(moved.locator(".comparison")).to_contain_text("together")
    assert faults + accessibility_faults(approver) == []
    assert approver.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    acts.decide(approver)
    acts.decided(approver)
    assert list(Decision.objects.order_by("pk").values_list("verdict", flat=True)) == ["return", "approve"]


def test_by_keyboard_a_paragraph_is_chosen_somebody_named_and_a_thread_answered(
    people: make.Cast, case: ApprovalCase, open_as: Opens
) -> None:
    page = open_as(people.approver)
    page.goto(f"/reviews/{case.pk}/")
    page.get_by_role("button", name="paragraph 2").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Ask @Rea")
    expect(page.get_by_role("option", name="Reader (@reader)")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("now")
    page.get_by_label("Stands in the way of approval").check()
    page.get_by_role("button", name="Add comment").click()
    thread = page.locator("#step-s1 .remark.is-blocking")
    expect(thread).to_contain_text("Ask @reader now")
    expect(thread.locator(".remark-quote")).to_have_text("The buyer decides alone.")
    thread.get_by_text("Answer", exact=False).first.click()
    thread.get_by_label("Your answer").fill("I shall.")
    thread.get_by_role("button", name="Answer").click()
    expect(page.locator("#step-s1 .answers")).to_contain_text("I shall.")
    assert Comment.objects.get(parent=None).quote_at > 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_open_comments_are_decided_on_one_page(people: make.Cast, case: ApprovalCase, open_as: Opens, size: ViewportSize) -> None:
    for text in ("One", "Two", "Three"):
        comments.say(case, Words(text, "s2"), by=people.approver, now=make.now())
    page = open_as(people.approver, size=size)
    page.goto(f"/reviews/{case.pk}/")
    page.get_by_role("link", name="Decide on open comments").click()
    expect(page.get_by_label("Who does it").first).to_be_hidden()
    page.get_by_label("What becomes of it").first.select_option(label="Make it an action")
    page.get_by_label("Who does it").first.fill("Buyer (PUR)")
    page.get_by_label("Due").first.fill(make.now().date().replace(year=make.now().year + 1).isoformat())
    page.get_by_label("What becomes of it").last.select_option(label="Decline it with a reason")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Write the reason")).to_be_visible()
    assert accessibility_faults(page) == []
    page.get_by_label("Reason").last.fill("Out of scope.")
    page.get_by_role("button", name="Keep").click()
    expect(acts.toast(page)).to_contain_text("what becomes of these comments is on record")
    page.get_by_role("button", name="Approve…").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and approve").click()
    acts.decided(page)
    assert ApprovalCase.objects.get().state == "approved"
