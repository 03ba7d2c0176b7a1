"""Typing a process in a real browser: the keyboard alone, branches, findings and undo."""

import re

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser import PHONE
from tests.stories.editor.page import Editor, faults, lines, name, paste, saved, waiting_line, ways, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_process_is_typed_by_keyboard_alone(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    keys = page.keyboard
    waiting_line(page).focus()
    for text in ("Requester: Fill in request", "Line manager：Check request", "Approved? yes → 5 / no → end"):
        keys.type(text)
        keys.press("Enter")
    keys.press("Enter")
    for text in ("Buyer: Place order", "wait 5 days", "see PUR-014"):
        keys.type(text)
        keys.press("Enter")
    saved(page)
    assert lines() == [
        ("start", "Requester", "Need arises"),
        ("activity", "Requester", "Fill in request"),
        ("activity", "Line manager", "Check request"),
        ("decision", "Line manager", "Approved?"),
        ("activity", "Buyer", "Place order"),
        ("wait", "Buyer", "wait 5 days"),
        ("subprocess", "Buyer", "PUR-014"),
        ("end", "Buyer", "Need met"),
    ]
    assert ways(4) == [("yes", "Place order"), ("no", "Need met")]
    assert (written().steps[5].duration, written().steps[6].link) == ("5 days", "PUR-014")
    expect(page.locator(".flowchart .step-decision")).to_have_count(1)
    expect(page.locator(".flowchart .lane")).to_have_count(3)


def test_the_chart_follows_and_leads_back_to_the_line(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    waiting_line(page).fill("Check offer")
    expect(page.locator(".flowchart .step-text")).to_have_text("2 Check offer", timeout=8_000)
    page.locator(".flowchart .step-activity").click()
    expect(page.locator(".node-card textarea")).to_be_focused()
    page.get_by_role("button", name="In the text").click()
    expect(name(page, 2)).to_be_focused()
    name(page, 2).fill("")
    name(page, 1).focus()
    expect(page.locator("[data-part=findings]")).to_contain_text("Step 2 has no name.", timeout=8_000)
    page.locator("[data-part=findings] a").first.click()
    expect(name(page, 2)).to_be_focused()


def test_a_finding_is_mended_by_its_button_and_undone_like_typing(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    waiting_line(page).fill("Buyer: Check offer")
    page.keyboard.press("Enter")
    name(page, 3).focus()
    page.keyboard.press("Alt+Enter")
    page.get_by_role("button", name="Remove step").click()
    saved(page)
    mend = page.locator("[data-part=findings]").get_by_role("button", name="Add an end")
    mend.click()
    expect(page.locator("[data-part=findings] .finding-error")).to_have_count(0, timeout=8_000)
    expect(name(page, 3)).to_be_focused()
    saved(page)
    assert lines()[-1] == ("end", "Buyer", "End")
    page.keyboard.press("Control+z")
    saved(page)
    assert len(lines()) == 2
    expect(mend).to_be_visible(timeout=8_000)


def test_keys_move_remove_undo_and_open_details(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    keys = page.keyboard
    waiting_line(page).focus()
    for text in ("Buyer: One", "Two", "Three"):
        keys.type(text)
        keys.press("Enter")
    name(page, 4).focus()
    keys.press("Alt+ArrowUp")
    saved(page)
    assert [text for _kind, _role, text in lines()] == ["Need arises", "One", "Three", "Two", "Need met"]
    keys.press("Control+z")
    saved(page)
    assert [text for _kind, _role, text in lines()] == ["Need arises", "One", "Two", "Three", "Need met"]
    keys.press("Control+y")
    name(page, 2).focus()
    keys.press("End")
    keys.press("Enter")
    expect(name(page, 3)).to_be_focused()
    keys.press("Backspace")
    expect(name(page, 2)).to_be_focused()
    keys.press("Shift+Tab")
    expect(page.get_by_role("combobox", name="Role of step 2")).to_be_focused()
    keys.press("Tab")
    keys.press("Alt+Enter")
    keys.type("Ask **three** suppliers")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("three")
    saved(page)
    assert [text for _kind, _role, text in lines()] == ["Need arises", "One", "Three", "Two", "Need met"]
    assert written().steps[1].description == "Ask **three** suppliers"


def test_the_editor_fits_a_phone(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author, size=PHONE)
    expect(page.locator(".editor-chart")).to_be_hidden()
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator(".flowchart")).to_be_visible()
    page.get_by_role("tab", name="Steps").click()
    name(page, 1).focus()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []


def test_what_was_understood_is_a_chip_that_can_be_taken_back(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    waiting_line(page).focus()
    page.keyboard.type("Buyer: place order doc: Purchase order")
    page.keyboard.press("Enter")
    page.keyboard.type("see PUR-014")
    page.keyboard.press("Enter")
    saved(page)
    assert (written().steps[1].name, written().steps[1].outputs) == ("place order", ("Purchase order",))
    page.get_by_role("button", name="Take “PUR-014” back").click()
    page.get_by_role("button", name="Take “Purchase order” back").click()
    saved(page)
    assert (written().steps[1].outputs, written().steps[2].link, written().steps[2].kind) == ((), "", "activity")


def test_undo_goes_on_after_the_page_is_loaded_again(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain="Buyer: One\nTwo")
    saved(page)
    page.reload()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    name(page, 2).focus()
    page.keyboard.press("Control+z")
    saved(page)
    assert len(lines()) == 2
    page.reload()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    page.get_by_role("button", name="Redo").click()
    saved(page)
    assert [text for _kind, _role, text in lines()][1:-1] == ["One", "Two"]


def test_nothing_typed_into_a_branch_is_lost(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    keys = page.keyboard
    waiting_line(page).focus()
    keys.type("Buyer: Approved? yes → next / no → end")
    keys.press("Enter")
    expect(waiting_line(page)).to_be_focused()  # every case is said
    keys.type("Buyer: In stock?")
    keys.press("Enter")
    aim = page.get_by_label("Where branch 2 of step 3 leads")
    expect(aim).to_be_focused()
    keys.type("somewhere else")
    keys.press("Enter")
    expect(aim).to_be_focused()
    waiting_line(page).focus()
    saved(page)
    expect(aim).to_have_value("somewhere else")
    aim.fill("Stores: Fetch it doc: Slip")
    keys.press("Enter")
    expect(waiting_line(page)).to_be_focused()
    expect(aim).to_have_value("")
    saved(page)
    assert lines()[3] == ("activity", "Stores", "Fetch it")
    assert written().steps[3].outputs == ("Slip",)


def test_enter_in_the_last_branch_leads_to_the_step_below(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain="Buyer: Approved?\nOrder\nPay")
    aim = page.get_by_label("Where branch 2 of step 2 leads")
    aim.fill("4")
    page.keyboard.press("Enter")
    expect(name(page, 3)).to_be_focused()
    saved(page)
    assert [text for _kind, _role, text in lines()][1:-1] == ["Approved?", "Order", "Pay"]
    assert ways(2) == [("yes", "Order"), ("no", "Pay")]


def test_why_a_draft_cannot_be_submitted_is_read_and_leads_to_the_error(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    waiting_line(page).focus()
    page.keyboard.type("Buyer: Approved?")
    page.keyboard.press("Enter")
    saved(page)
    expect(page.get_by_text("One error keeps this draft from being submitted.")).to_be_visible(timeout=8_000)
    submit = page.get_by_role("link", name="Submit…")
    expect(submit).to_have_attribute("aria-disabled", "true")
    submit.click(force=True)
    expect(page.locator(".finding-error a")).to_be_focused()
    expect(page).to_have_url(re.compile("/draft/$"))
