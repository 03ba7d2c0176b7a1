"""A head of department who never saw the portal describes fifteen steps with two decisions and a loop, and submits: keys alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from approvals.models import ApprovalCase
from organization.models import Person
from processes.canonical import parse
from processes.definition import explicit_flows
from processes.flowchart.findings import find
from tests import make
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = (
    "Requester: Describe the need",
    "Head of department: Check the need",
    "Needed and within the budget? yes → 5 / no → end",  # step 4: start is 1
    "",
    "Buyer: Ask three suppliers for offers",
    "wait 10 days",
    "Compare the offers doc: Comparison",
    "Good enough? yes → 9 / no → 5",  # the loop
    "",
    "Buyer: Write the order doc: Purchase order",
    "Head of department: Sign the order",
    "Buyer: Send the order to the supplier",
    "Storekeeper: Receive the goods",
    "Check the goods against the order",
    "Put the goods into stock",
    "Finance: Check the invoice",
    "Pay the invoice",
)


@pytest.fixture
def page(window: Callable[[Person], Page], people: make.Cast) -> Page:
    """The author's, on which nothing is clicked: a pointer that is used fails the test."""
    opened = window(people.author)
    opened.add_init_script("addEventListener('pointerdown', () => { document.documentElement.dataset.pointer = 'used'; }, true)")
    return opened


def go(page: Page, words: str, target: str) -> None:
    """By the palette."""
    page.keyboard.press("Control+k")
    expect(page.locator(".palette input")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator(".palette [role=option]").first).to_contain_text(target)
    page.keyboard.press("Enter")


def tab_to(page: Page, accessible: str) -> None:
    """Tab until what is focused has this name."""
    for _press in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || e.value || ''; }"
        )
        if re.search(accessible, name):
            return
    raise AssertionError(f"Tab never came to {accessible}")


def test_a_newcomer_describes_a_process_by_keyboard_alone(page: Page, people: make.Cast) -> None:
    page.goto("/")
    go(page, "new process", "New process")
    expect(page).to_have_url(re.compile(r"/processes/new/"))
    tab_to(page, "^Title")
    page.keyboard.type("From need to payment")
    tab_to(page, "Create and type the steps")
    page.keyboard.press("Enter")
    expect(page.locator(".editor.is-ready")).to_be_visible()
    tab_to(page, "^Next step$")
    for line in TYPED:
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    acts.saved(page)
    expect(page.locator(".chart-canvas .flowchart .step-decision")).to_have_count(2)
    expect(page.locator(".chart-canvas .flowchart .lane")).to_have_count(5)
    picture(page, "ten-minutes-editor")
    tab_to(page, "^Steps$")
    page.keyboard.press("ArrowRight")
    tab_to(page, "^Purpose$")
    page.keyboard.type("Nothing is bought without need, and nothing is paid that did not come.")
    tab_to(page, "Ask me step by step")
    page.keyboard.press("Enter")
    for text in ("Somebody needs something", "", "The goods are here and paid", ""):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.keyboard.type("Need")
    page.keyboard.press("Tab")
    page.keyboard.type("Requester")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("Purchase order")
    page.keyboard.press("Tab")
    page.keyboard.type("Supplier")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_contain_text("From “Somebody needs something” to “The goods are here and paid”")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    acts.saved(page)
    expect(page.locator("[data-part=submit]:not([aria-disabled])")).to_be_visible(timeout=20_000)
    for _press in range(80):  # the way to submit is at the head of the page
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.dataset.part") == "submit":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("submit"))
    tab_to(page, "What changes, and why")
    page.keyboard.type("The first description.")
    tab_to(page, "Your password")
    page.keyboard.type(make.PASSWORD)
    tab_to(page, "Sign and submit")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/reviews/\d+/$"))
    assert page.evaluate("() => document.documentElement.dataset.pointer") is None
    definition = parse(bytes(ApprovalCase.objects.get().content.content))
    steps = [step for step in definition.steps if step.kind not in {"start", "end"}]
    assert (len(steps), sum(step.kind == "decision" for step in steps), len(definition.roles)) == (15, 2, 5)
    numbers = definition.numbers()
    assert [(numbers[f.source], numbers[f.target]) for f in explicit_flows(definition.steps) if numbers[f.target] < numbers[f.source]] == [
        (8, 5)
    ]
    assert not [finding.code for finding in find(definition) if finding.level == "error"]
    assert (definition.steps[0].name, definition.steps[-1].name) == ("Somebody needs something", "The goods are here and paid")
