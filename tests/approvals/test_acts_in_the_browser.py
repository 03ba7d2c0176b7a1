"""One story at the desk and on the phone: advice is asked for and answered, the decision is delegated, and the delegate signs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from approvals import workflow
from approvals.models import CaseAct, Decision
from tests import make
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.make import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opens = Callable[..., Page]


def choose(page: Page, act: str) -> None:
    """The act from the menu beside the decision; its dialog stands open then."""
    page.locator(".acts > summary").click()
    link = page.get_by_role("link", name=act)
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_advice_delegation_and_the_delegates_signature(transactional_db: None, open_as: Opens, size: ViewportSize) -> None:
    cast = make.cast()
    expert = make.person("expert", level=4, password=PASSWORD)
    make.position("Safety advisor", of=cast.stores, holder=expert)
    draft = make.draft(make.process(cast.purchasing, number="PUR-001", created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=make.now())

    approver = open_as(cast.approver, size=size)
    approver.goto(f"/reviews/{case.pk}/")
    for verdict in ("Approve…", "Return…", "Reject…"):
        expect(approver.get_by_role("button", name=verdict)).to_be_in_viewport()
    choose(approver, "Ask for advice…")
    assert accessibility_faults(approver) == []
    approver.get_by_label(re.compile("^Whom")).select_option(label="Expert, Safety advisor")
    approver.get_by_label("Question").fill("Is it safe?")
    approver.get_by_role("button", name="Ask", exact=True).click()
    expect(approver.get_by_text("Asked. The answer will stand in the review.")).to_be_visible()

    adviser = open_as(expert, size=size)
    adviser.goto("/work/")
    adviser.get_by_role("link", name=re.compile("Advise")).first.click()
    adviser.get_by_label("Your advice").fill("With gloves.")
    adviser.get_by_role("button", name="Give advice").click()
    expect(adviser.get_by_text("Your advice stands in the review now.")).to_be_visible()

    approver.reload()
    expect(approver.locator("#advice")).to_contain_text("With gloves.")
    choose(approver, "Delegate this decision…")
    approver.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(approver.get_by_role("dialog")).to_have_count(0)
    choose(approver, "Delegate this decision…")
    approver.get_by_label("Who decides for you").select_option(label="Expert, Safety advisor")
    approver.get_by_role("dialog").get_by_label("Reason").fill("I am on the road.")
    approver.get_by_role("button", name="Delegate", exact=True).click()
    expect(approver.get_by_text("Delegated. You can take it back")).to_be_visible()

    adviser.reload()
    expect(adviser.get_by_text(re.compile("by delegation of Approver")).first).to_be_attached()
    adviser.get_by_role("button", name="Approve…").click()
    expect(adviser.get_by_role("dialog")).to_contain_text("by delegation of Approver")
    adviser.get_by_label("Your password").fill(PASSWORD)
    adviser.get_by_role("button", name="Sign and approve").click()
    expect(adviser.get_by_text("Signed: approved.")).to_be_visible()
    made = Decision.objects.get()
    assert (made.decided_by, made.signature and made.signature.acting_for) == (
        expert, "for Process manager, Purchasing, by delegation of Approver"
    )  # fmt: skip
    assert list(CaseAct.objects.order_by("pk").values_list("kind", flat=True)) == ["ask", "advise", "delegate"]
