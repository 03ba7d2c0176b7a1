"""Steps are saved as a block and inserted again in a real browser: by the keyboard alone, and with the mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from processes.canonical import from_json
from processes.definition import Definition
from processes.models import Revision, StepBlock
from tests import make
from tests.browser import PHONE, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Opens = Callable[..., Page]


@pytest.fixture
def people(transactional_db: None) -> make.Cast:
    """The fixed people, with a draft PUR-001 of two steps and a decision."""
    cast = make.cast()
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    make.draft(process, make.definition("Check offer", "Good?", "Order"), by=cast.author)
    return cast


def opened(open_as: Opens, person: object, **how: object) -> Page:
    page = open_as(person, **how)
    page.goto("/processes/PUR-001/draft/")
    expect(page.locator(".editor.is-ready")).to_be_visible()
    return page


def saved(page: Page) -> None:
    expect(page.locator("[data-part=status]")).to_have_text("Saved", timeout=10_000)


def written() -> Definition:
    return from_json(Revision.objects.get(state="draft", process__number="PUR-001").content)


def names() -> list[str]:
    return [step.name for step in written().steps]


def saved_block(page: Page, name: str) -> None:
    """The steps 2 and 3 become a block, with the keyboard."""
    page.get_by_role("textbox", name="Step 2", exact=True).focus()
    for _time in range(2):
        page.keyboard.press("Shift+Alt+ArrowDown")
    page.get_by_role("button", name="Save as step block…").press("Enter")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"“{name}” is saved as a step block (version 1).")).to_be_visible()


def test_saved_and_inserted_by_the_keyboard_alone(open_as: Opens, people: make.Cast) -> None:
    page = opened(open_as, people.author)
    saved_block(page, "Check of an offer")
    assert StepBlock.objects.get().person == people.author
    page.get_by_role("textbox", name="Step 4", exact=True).focus()
    page.keyboard.press("Shift+Alt+B")
    dialog = page.get_by_role("dialog", name="Insert step block")
    expect(dialog.get_by_text("It comes below step 4.")).to_be_visible()
    page.keyboard.type("chec")
    expect(dialog.get_by_role("option")).to_have_count(1)
    expect(dialog.get_by_role("region", name="What it says")).to_contain_text("Check offer")
    assert [fault for fault in accessibility_faults(page) if "styleguide" not in fault] == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Step 6", exact=True)).to_be_focused()
    saved(page)
    assert names() == ["Need arises", "Check offer", "Good?", "Order", "Check offer", "Good?", "Need met"]
    copy = written().steps[4:6]
    assert {step.key for step in copy}.isdisjoint({"s1", "s2"})
    assert [flow.label for flow in copy[1].flows] == ["yes", "no"]
    page.keyboard.press("Control+z")
    saved(page)
    assert names() == ["Need arises", "Check offer", "Good?", "Order", "Need met"]


def test_a_new_version_and_the_mouse_on_a_phone(open_as: Opens, people: make.Cast) -> None:
    page = opened(open_as, people.author)
    saved_block(page, "Check")
    page.get_by_role("button", name="Choose step 4").click()
    page.get_by_role("button", name="Save as step block…").click()
    page.get_by_role("combobox", name="For whom").select_option(label="Check")
    expect(page.get_by_role("textbox", name="Name of the step block")).to_be_hidden()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Check” is saved as a step block (version 2).")).to_be_visible()
    phone = opened(open_as, people.author, size=PHONE)
    phone.get_by_role("button", name="Insert step block…").click()
    phone.get_by_role("option", name="Check").click()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_role("button", name="Insert", exact=True).click()
    saved(phone)
    assert names().count("Order") == 2


def test_nothing_found_is_said(open_as: Opens, people: make.Cast) -> None:
    page = opened(open_as, people.author)
    page.get_by_role("button", name="Insert step block…").click()
    dialog = page.get_by_role("dialog", name="Insert step block")
    expect(dialog.get_by_text("There are no step blocks yet.", exact=False)).to_be_visible()
    page.keyboard.type("zzz")
    expect(dialog.get_by_text("No step block says this.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Insert", exact=True)).to_be_disabled()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert names() == ["Need arises", "Check offer", "Good?", "Order", "Need met"]


def test_a_linked_block_shows_it_and_a_change_is_taken_over(open_as: Opens, people: make.Cast) -> None:
    page = opened(open_as, people.author)
    saved_block(page, "Check")
    StepBlock.objects.update(person=None, department=people.purchasing)
    page.get_by_role("textbox", name="Step 4", exact=True).focus()
    page.keyboard.press("Shift+Alt+B")
    dialog = page.get_by_role("dialog", name="Insert step block")
    expect(dialog.get_by_role("option")).to_have_count(1)
    dialog.get_by_role("checkbox", name="Keep the steps linked").check()
    dialog.get_by_role("button", name="Insert", exact=True).click()
    saved(page)
    assert [bool(step.shared) for step in written().steps] == [False, False, False, False, True, True, False]
    page.get_by_role("button", name="Unlink step 5 from the shared step").click()
    saved(page)
    assert [bool(step.shared) for step in written().steps][4:6] == [False, True]
    page.keyboard.press("Control+z")
    saved(page)
    assert [bool(step.shared) for step in written().steps][4:6] == [True, True]
