"""What is pasted into the editor: lists, tables, cells, and what is hostile or too much."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.stories.editor.page import Editor, lines, name, paste, saved, waiting_line, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_pasted_list_becomes_steps(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    pasted = "1. Buyer: Ask for offers\n2) Compare them\n- Stores: Book the goods\n• 采购员：下订单"
    waiting_line(page).evaluate(
        "(field, text) => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }",
        pasted,
    )
    saved(page)
    assert [(role, text) for _kind, role, text in lines()][1:-1] == [
        ("Buyer", "Ask for offers"),
        ("Buyer", "Compare them"),
        ("Stores", "Book the goods"),
        ("采购员", "下订单"),
    ]


def test_script_in_a_step_stays_text(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    hostile = "</script><img src=x onerror=alert(1)>"
    name(page, 1).fill(hostile)
    saved(page)
    page.reload()
    expect(name(page, 1)).to_have_value(hostile)
    expect(page.locator(".flowchart img, process-outline img")).to_have_count(0)
    assert errors == []


def test_a_table_from_a_word_processor_becomes_steps_with_their_roles(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    html = (
        "<table><tr><th>No.</th><th>Responsible</th><th>Activity</th><th>Output</th><th>Remarks</th></tr>"
        "<tr><td>1</td><td>Buyer</td><td>Ask for offers<br>At least three</td><td>Offers; Comparison</td><td>By mail</td></tr>"
        "<tr><td>2</td><td>Head</td><td><b>Approved?</b></td><td></td><td><img src=x onerror=alert(1)></td></tr></table>"
    )
    paste(waiting_line(page), html=html, plain="1\tBuyer\tAsk for offers")
    saved(page)
    assert lines()[1:-1] == [("activity", "Buyer", "Ask for offers"), ("decision", "Head", "Approved?")]
    ask = written().steps[1]
    assert (ask.outputs, ask.description) == (("Offers", "Comparison"), "At least three\nBy mail")
    page.keyboard.press("Control+z")
    saved(page)
    assert len(lines()) == 2


def test_cells_of_a_spreadsheet_become_steps(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain='采购员\t向三家供应商询价\n经理\t"批准报价吗？\n五天之内"\n采购员\t下订单并确认\n')
    saved(page)
    assert lines()[1:-1] == [
        ("activity", "采购员", "向三家供应商询价"),
        ("decision", "经理", "批准报价吗？"),
        ("activity", "采购员", "下订单并确认"),
    ]
    assert written().steps[2].description == "五天之内"


def test_five_thousand_rows_are_too_many_at_once_and_change_nothing(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    rows = "\n".join(f"Buyer\tDo task {n} of many" for n in range(5_000))
    paste(waiting_line(page), plain=rows)
    expect(page.get_by_role("alert")).to_contain_text("5000 lines")
    page.get_by_role("button", name="Understood").click()
    waiting_line(page).fill("Still here")
    waiting_line(page).press("Enter")
    saved(page)
    assert [name for _kind, _role, name in lines()] == ["Need arises", "Still here", "Need met"]
