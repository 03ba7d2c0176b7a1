"""Reviewing and submitting in a real browser, at the desk and on the phone."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from approvals import workflow
from approvals.models import ApprovalCase, Decision
from approvals.route_faults import StageTerms
from processes.models import Revision
from tests import make
from tests.approvals import routing
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.make import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opens = Callable[..., Page]


@pytest.fixture
def people(transactional_db: None) -> make.Cast:
    return make.cast()


def second_version(people: make.Cast) -> Revision:
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    make.effective(process, since=make.now() - dt.timedelta(days=90))
    return make.draft(process, make.definition("Check offer", "Ask finance", "Sign order"), by=people.author)


def in_review(people: make.Cast) -> ApprovalCase:
    return workflow.submit(second_version(people), by=people.author, now=make.now(), summary="Finance is asked.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_approver_types_a_wrong_password_and_then_signs(people: make.Cast, open_as: Opens, size: ViewportSize) -> None:
    case = in_review(people)
    page = open_as(people.approver, size=size)
    page.goto(f"/reviews/{case.pk}/")
    expect(page.get_by_role("button", name="Approve…")).to_be_in_viewport()
    page.get_by_label("Reason").fill("Clear.")
    page.get_by_role("button", name="Approve…").click()
    page.get_by_label("Your password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not your password")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and approve").click()
    expect(page.get_by_text("Signed: approved.")).to_be_visible()
    made = Decision.objects.get()
    assert (made.verdict, made.reason) == ("approve", "Clear.")
    expect(page.get_by_text("Your decision")).to_have_count(0)


def test_returning_asks_for_the_reason_before_the_password(people: make.Cast, open_as: Opens) -> None:
    case = in_review(people)
    page = open_as(people.approver)
    page.goto(f"/reviews/{case.pk}/")
    page.get_by_role("button", name="Return…").click()
    expect(page.get_by_label("Your password")).to_be_hidden()
    page.get_by_label("Reason").fill("Who is asked?")
    page.get_by_role("button", name="Return…").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed: returned for changes")).to_be_visible()
    assert Decision.objects.get().verdict == "return"


def test_a_comment_begins_at_its_step(people: make.Cast, open_as: Opens) -> None:
    case = in_review(people)
    page = open_as(people.approver)
    page.goto(f"/reviews/{case.pk}/?whole")
    page.locator("#step-s2").get_by_role("button", name="Comment").click()
    page.keyboard.type("Which threshold?")
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator(".remark")).to_contain_text("Step 3: Ask finance")


def test_a_day_is_asked_for_only_where_one_is_wanted(people: make.Cast, open_as: Opens) -> None:
    draft = second_version(people)
    page = open_as(people.author, size=PHONE)
    page.goto(f"/processes/{draft.process.number}/submit/")
    expect(page.get_by_label("Effective from")).to_be_hidden()
    page.get_by_label("What changes, and why").fill("Finance is asked.")
    page.get_by_label("on a day").check()
    day = (make.now() + dt.timedelta(days=20)).date()
    page.get_by_label("Effective from").fill(day.isoformat())
    page.get_by_label("Your password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign and submit").click()
    expect(page.get_by_text("Where it stands")).to_be_visible()
    assert ApprovalCase.objects.get().planned_on == day


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_nothing_stands_in_anybodys_way(people: make.Cast, open_as: Opens, size: ViewportSize, theme: str) -> None:
    case = in_review(people)
    other = make.draft(make.process(people.purchasing, number="PUR-002", created_by=people.author), by=people.author)
    page = open_as(people.approver, size=size, theme=theme)
    page.goto(f"/reviews/{case.pk}/?whole")
    faults = accessibility_faults(page)
    page.get_by_role("button", name="Reject…").click()
    page.get_by_label("Reason").fill("No.")
    page.get_by_role("button", name="Reject…").click()
    faults += accessibility_faults(page)
    page = open_as(people.author, size=size, theme=theme)
    page.goto(f"/processes/{other.process.number}/submit/")
    assert faults + accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_stage_without_signature_is_decided_by_keyboard_without_a_password(people: make.Cast, open_as: Opens) -> None:
    routing.in_force(people, StageTerms("Head", rules=["department"], needs_signature=False), routing.LAST, now=make.now())
    case = in_review(people)
    page = open_as(people.approver)
    page.goto(f"/reviews/{case.pk}/")
    page.get_by_role("button", name="Approve…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your password")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept: your decision is on record.")).to_be_visible()
    assert Decision.objects.get().signature is None


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_how_many_is_asked_only_for_a_number_of_them(people: make.Cast, open_as: Opens, size: ViewportSize) -> None:
    route = routing.written(people, now=make.now())
    page = open_as(people.manager, size=size)
    page.goto(f"/routes/{route.pk}/stages/new/")
    expect(page.get_by_label("How many")).to_be_hidden()
    page.get_by_label("A number of them").check()
    page.get_by_label("How many").fill("2")
    page.get_by_label("Title").fill("Circle")
    page.get_by_label("Head of the process's department").check()
    page.get_by_role("button", name="Save the stage").click()
    expect(page.get_by_text("but asks 1 position at most: it would never end")).to_be_visible()
    assert page.get_by_label("Title").input_value() == "Circle"
