"""A process drawn by hand in the chart of the editor."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.stories.editor.page import Editor, lines, node, paste, saved, waiting_line, ways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_process_is_drawn_by_hand(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain="Buyer: Ask\nOrder\nPay")
    expect(node(page, "Pay")).to_be_visible(timeout=8_000)
    node(page, "Ask").click()
    page.keyboard.press("End")
    page.keyboard.type(" for offers")
    page.locator(".node-card").get_by_role("button", name="Add after").click()
    card = page.locator(".node-card textarea")
    expect(card).to_be_focused(timeout=8_000)
    expect(card).to_have_value("")
    page.keyboard.type("Cheap?")
    page.keyboard.press("Enter")
    saved(page)
    assert lines()[1:-1] == [
        ("activity", "Buyer", "Ask for offers"),
        ("decision", "Buyer", "Cheap?"),
        ("activity", "Buyer", "Order"),
        ("activity", "Buyer", "Pay"),
    ]
    expect(node(page, "Cheap?")).to_be_visible(timeout=8_000)
    box = page.locator(".chart-canvas")
    node(page, "Cheap?").locator(".step-shape").scroll_into_view_if_needed()
    shape = node(page, "Cheap?").locator(".step-shape")
    shape.drag_to(node(page, "Ask for offers").locator(".step-shape"))
    expect(page.locator(".branch-target").nth(1)).to_have_value("2", timeout=8_000)
    saved(page)
    assert ways(3) == [("yes", "Order"), ("no", "Ask for offers")]
    expect(page.locator("[data-source][data-target]")).to_have_count(6, timeout=8_000)
    node(page, "Order").click()
    page.locator(".node-card").get_by_role("button", name="Connect…").click()
    expect(page.locator(".connect-hint")).to_contain_text("step 4")
    node(page, "Need met").locator(".step-shape").click()
    saved(page)
    assert ways(4) == [("", "Need met")]
    assert box.evaluate("box => box.isConnected")


def test_an_arrow_gets_its_text_and_goes_by_hand(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain="Buyer: Good?\nPay")
    saved(page)
    arrow = page.locator(".flow-label").filter(has_text="yes")
    expect(arrow).to_be_visible(timeout=8_000)
    arrow.click()
    field = page.get_by_role("textbox", name="Text at the arrow")
    expect(field).to_be_focused()
    field.fill("all fine")
    page.keyboard.press("Enter")
    saved(page)
    assert ways(2)[0] == ("all fine", "Pay")
    page.locator(".flow-label").filter(has_text="all fine").click(timeout=8_000)
    page.locator(".node-card").get_by_role("button", name="Remove the arrow").click()
    saved(page)
    assert [label for label, _to in ways(2)] == ["no"]
