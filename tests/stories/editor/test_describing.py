"""Descriptions with lists, pictures, tables and warnings, and the boundary, in the editor."""

import re

import pytest
from playwright.sync_api import Locator, expect

from processes.models import Port
from tests import make
from tests.browser import PHONE
from tests.stories.editor.page import Editor, faults, lines, name, paste, saved, waiting_line, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_lists_go_on_and_pictures_are_seen(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    keys = page.keyboard
    name(page, 1).focus()
    keys.press("Alt+Enter")
    text = page.get_by_label("Description", exact=True)
    page.get_by_role("toolbar", name="Writing").first.get_by_role("button", name="List", exact=True).click()
    keys.type("drawing\nquantity\n\n1. one\ntwo\n\nplain")
    expect(text).to_have_value("- drawing\n- quantity\n1. one\n2. two\nplain")
    name_of_picture = "0" * 64
    text.fill(f"![Where to sign](picture:{name_of_picture})")
    pictures = page.get_by_role("list", name="Pictures in this text")
    expect(pictures.get_by_role("listitem")).to_have_text("Where to sign")
    text.fill("none")
    expect(pictures).to_be_hidden()


def test_the_boundary_dialog_is_left_without_a_keyboard(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author, size=PHONE)
    page.get_by_role("tab", name="Purpose and boundary").click()
    page.get_by_role("button", name="Ask me step by step").click()
    boundary = page.locator("#boundary")
    field = boundary.get_by_label("What sets it off").bounding_box()
    assert field
    page.mouse.move(field["x"] + 20, field["y"] + field["height"] / 2)
    page.mouse.down()
    page.mouse.move(field["x"] + 20, 5)
    page.mouse.up()  # marking text out of the dialog is no wish to leave it
    expect(boundary).to_be_visible()
    boundary.get_by_role("button", name="Close").click()
    expect(boundary).to_be_hidden()


def drop_picture(field: Locator, kind: str = "paste") -> None:
    """Puts a picture of the clipboard (or a dragged one) into a field."""
    field.evaluate(
        """async (element, kind) => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 40 });
            canvas.getContext("2d").fillRect(5, 5, 20, 20);
            const blob = await new Promise((done) => canvas.toBlob(done));
            const data = new DataTransfer();
            data.items.add(new File([blob], "Oven [door].png", { type: "image/png" }));
            const event = { bubbles: true, cancelable: true };
            element.dispatchEvent(kind === "paste"
                ? new ClipboardEvent("paste", { ...event, clipboardData: data })
                : new DragEvent("drop", { ...event, dataTransfer: data }));
        }""",
        kind,
    )


def test_a_description_gets_a_picture_a_table_and_a_warning(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    waiting_line(page).fill("Heat the oven")
    waiting_line(page).press("Enter")
    name(page, 2).press("Alt+Enter")
    field = page.get_by_label("Description")
    field.fill("First.")
    drop_picture(field)
    expect(field).to_have_value(re.compile(r"^First\.\n\n!\[Oven door\]\(picture:[0-9a-f]{64}\)\n\n$"))
    paste(field, plain="Size\tMinutes\n10 | 12\t5")
    field.press("Control+b")
    page.keyboard.type("hot")
    bar = page.get_by_role("toolbar", name="Writing").first
    field.press("Shift+Tab")
    for key in ("ArrowRight",) * 5:
        page.keyboard.press(key)
    expect(bar.get_by_role("button", name="Warning")).to_be_focused()
    page.keyboard.press("Enter")
    saved(page)
    text = written().steps[1].description
    assert text.endswith("\n\n| Size | Minutes |\n| --- | --- |\n| 10 \\| 12 | 5 |\n\n> [!WARNING]\n> **hot**")
    bar.get_by_role("button", name="Preview").click()
    shown = page.locator(".preview")
    expect(shown.get_by_role("img", name="Oven door")).to_have_js_property("naturalWidth", 60)
    expect(shown.locator(".callout")).to_have_text(re.compile(r"Warning\s*hot"))
    assert not faults(page)
    bar.get_by_role("button", name="Preview").click()
    field.press("Control+a")
    bar.get_by_role("button", name="Italic").click()
    expect(field).to_have_value(re.compile(r"^\*First.*\*$", re.DOTALL))
    bar.get_by_role("button", name="Italic").click()
    expect(field).to_have_value(text)


def test_a_file_that_is_no_picture_says_so_and_lists_are_made_and_unmade(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    page.get_by_role("tab", name="Purpose and boundary").click()
    field = page.get_by_label("Purpose", exact=True)
    field.fill("one\ntwo")
    place = page.locator("#view-frame .detail").first
    place.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no"})
    expect(page.get_by_role("alert")).to_contain_text("not a picture that can be read")
    field.press("Control+a")
    for button, text in (
        ("Numbered list", "1. one\n2. two"), ("List", "- one\n- two"), ("List", "one\ntwo"), ("Warning", "> [!WARNING]\n> one\n> two"),
        ("Warning", "one\ntwo"), ("Link", "[one\ntwo](https://)"),
    ):  # fmt: skip
        field.press("Control+a")
        place.get_by_role("button", name=button, exact=True).click()
        expect(field).to_have_value(text)
    drop_picture(field, "drop")
    expect(field).to_have_value(re.compile("picture:"))
    saved(page)
    assert written().purpose == field.input_value()


def test_the_boundary_is_asked_for_step_by_step_by_keyboard(editor: Editor, people: make.Cast) -> None:
    receiving = make.effective(make.process(people.stores, number="STO-001", title="Goods receipt", created_by=people.author))
    Port.of(receiving, "input", "Approved order").save()
    page = editor(people.author)
    name(page, 1).fill("Start")
    page.get_by_role("tab", name="Purpose and boundary").click()
    page.get_by_role("button", name="Ask me step by step").press("Enter")
    dialog = page.get_by_role("dialog", name="Where does it begin?")
    expect(dialog.get_by_label("What sets it off")).to_be_focused()
    for text in ("A need is approved", "Ask for offers", "The order is placed", "Place the order"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="What comes in, and from whom?")).to_be_visible()
    for text in ("Request", "Requester"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    out = page.get_by_role("dialog", name="What goes out, and to whom?")
    expect(out.get_by_role("combobox", name="Output, row 1")).to_be_focused()
    page.keyboard.type("appr")
    expect(out.get_by_role("option")).to_have_text("Approved orderSTO-001 Goods receipt")
    page.keyboard.press("Escape")
    expect(out).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(out.get_by_role("option", selected=True)).to_have_text("Approved orderSTO-001 Goods receipt")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next").press("Enter")
    glance = page.get_by_role("dialog", name="This is the process")
    expect(glance.get_by_role("listitem")).to_have_text(
        [re.compile("Request.*Requester.*no process hands this over yet"), re.compile("Approved order.*STO-001 Goods receipt")]
    )
    ask = glance.get_by_role("link", name="Propose an interface").last
    expect(ask).to_have_attribute("href", re.compile(r"side=giver&name=Approved\+order&other=STO-001$"))
    assert not faults(page)
    page.get_by_role("button", name="Finish").press("Enter")
    expect(page.locator(".line-name").first).to_have_value("A need is approved")
    saved(page)
    whole = written()
    assert (whole.boundary.trigger, whole.boundary.last_step) == ("A need is approved", "Place the order")
    assert [(row.supplier, row.input, row.output, row.customer) for row in whole.sipoc] == [
        ("Requester", "Request", "", ""), ("", "", "Approved order", "STO-001 Goods receipt"),
    ]  # fmt: skip
    assert [name for _kind, _role, name in lines()] == ["A need is approved", "Need met"]
