"""Typing a process in a real browser: the keyboard alone, two people at once, and what happens when the network goes."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from organization.models import Person
from processes.canonical import from_json
from processes.definition import Definition
from processes.models import Participation, Port, Revision
from tests import make
from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Editor = Callable[..., Page]


@pytest.fixture
def people(transactional_db: None) -> make.Cast:
    """The fixed people, with a draft PUR-001 of a start and an end that the author and the stranger may write in."""
    cast = make.cast()
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    whole = make.definition()
    revision = make.draft(process, Definition(steps=(whole.steps[0], whole.steps[-1]), roles=whole.roles), by=cast.author)
    make.hold(cast.stranger, 1)
    Participation.objects.create(process=process, revision=revision, person=cast.stranger, part="contributor")
    return cast


@pytest.fixture
def editor(open_as: Callable[..., Page], people: make.Cast) -> Iterator[Editor]:
    """`editor(people.author)` opens the draft in a window of its own."""
    pages: list[Page] = []

    def opened(person: Person, *, size: ViewportSize = DESKTOP) -> Page:
        page = open_as(person, size=size)
        page.goto("/processes/PUR-001/draft/")
        pages.append(page)
        expect(page.locator(".editor.is-ready")).to_be_visible()
        return page

    yield opened
    for page in pages:
        page.context.close()


def saved(page: Page) -> None:
    """Waits until everything typed is on the server."""
    expect(page.locator("[data-part=status]")).to_have_text("Saved", timeout=10_000)


def written() -> Definition:
    """What the server has."""
    return from_json(Revision.objects.get(state="draft", process__number="PUR-001").content)


def lines() -> list[tuple[str, str, str]]:
    """(kind, role, name) of every step."""
    definition = written()
    return [(step.kind, definition.role_title(step.role), step.name) for step in definition.steps]


def ways(number: int) -> list[tuple[str, str]]:
    """(label, name of the step it leads to) of every branch of a step."""
    definition = written()
    below = definition.steps[number].key if number < len(definition.steps) else ""
    found = [(flow.label, definition.step(flow.to or below)) for flow in definition.steps[number - 1].flows]
    return [(label, step.name if step else "") for label, step in found]


def faults(page: Page) -> list[str]:
    """What axe finds in the editor itself."""
    return [fault for fault in accessibility_faults(page) if "styleguide" not in fault]


def name(page: Page, number: int) -> Locator:
    """The name field of a step."""
    return page.get_by_role("textbox", name=f"Step {number}", exact=True)


def waiting_line(page: Page) -> Locator:
    """The line that waits for the next step."""
    return page.get_by_role("textbox", name="Next step", exact=True)


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


def test_two_people_in_different_steps_keep_everything(editor: Editor, people: make.Cast) -> None:
    one, other = editor(people.author), editor(people.stranger)
    name(one, 1).fill("Pump fails")
    name(other, 2).fill("Pump runs")
    saved(one)
    saved(other)
    assert [text for _kind, _role, text in lines()] == ["Pump fails", "Pump runs"]
    one.reload()
    expect(name(one, 2)).to_have_value("Pump runs")
    expect(one.locator("[data-part=people]")).to_contain_text("Stranger")


def test_two_people_in_one_field_are_asked_and_nothing_is_lost(editor: Editor, people: make.Cast) -> None:
    one, other = editor(people.author), editor(people.stranger)
    name(one, 1).fill("Pump fails")
    saved(one)
    name(other, 1).fill("Motor fails")
    dialog = other.get_by_role("dialog")
    expect(dialog).to_contain_text("Pump fails", timeout=8_000)
    expect(dialog).to_contain_text("Motor fails")
    assert faults(other) == []
    other.mouse.click(5, 5)  # beside it: a choice is asked for
    dialog.get_by_role("button", name="Keep both").click()
    saved(other)
    assert written().steps[0].name == "Pump fails / Motor fails"


def test_text_typed_without_network_survives_a_reload(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    page.context.set_offline(True)
    name(page, 1).fill("Typed in the tunnel")
    expect(page.locator("[data-part=status]")).to_have_text("Not saved – kept on this device", timeout=8_000)
    assert written().steps[0].name == "Need arises"
    page.goto("about:blank")
    page.context.set_offline(False)  # from here on the browser may deliver what it kept, before the page is open again
    page.goto("/processes/PUR-001/draft/")
    expect(name(page, 1)).to_have_value("Typed in the tunnel")
    saved(page)
    assert written().steps[0].name == "Typed in the tunnel"


def test_text_typed_after_the_session_ended_waits_for_the_next_sign_in(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    name(page, 1).fill("Typed too late")
    expect(page.get_by_role("alert")).to_contain_text("You were signed out; your text is kept on this device.", timeout=8_000)
    expect(page.get_by_role("link", name="Sign in again")).to_have_attribute("href", "/accounts/login/?next=/processes/PUR-001/draft/")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.reload()
    expect(name(page, 1)).to_have_value("Typed too late")
    saved(page)
    assert written().steps[0].name == "Typed too late"


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


def test_the_editor_fits_a_phone(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author, size=PHONE)
    expect(page.locator(".editor-chart")).to_be_hidden()
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator(".flowchart")).to_be_visible()
    page.get_by_role("tab", name="Steps").click()
    name(page, 1).focus()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []


def paste(field: Locator, **data: str) -> None:
    """Pastes these kinds of data ("html", "plain") into a field, as another program would have put them on the clipboard."""
    field.focus()
    field.evaluate(
        "(field, kinds) => { const data = new DataTransfer();"
        " for (const [kind, text] of Object.entries(kinds)) data.setData(`text/${kind}`, text);"
        " field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }",
        data,
    )


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


def test_several_steps_are_chosen_copied_moved_and_removed_by_keyboard(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    keys = page.keyboard
    paste(waiting_line(page), plain="Buyer: One\nStores: Two\nThree")
    name(page, 2).focus()
    for _press in range(2):
        keys.press("Shift+Alt+ArrowDown")
    expect(page.locator(".block-count")).to_have_text("2 chosen")
    keys.press("Control+c")
    keys.press("Escape")
    expect(page.locator(".block-bar")).to_be_hidden()
    waiting_line(page).focus()
    keys.press("Control+v")
    saved(page)
    assert [(role, text) for _kind, role, text in lines()][1:-1] == [
        ("Buyer", "One"), ("Stores", "Two"), ("Stores", "Three"), ("Buyer", "One"), ("Stores", "Two"),
    ]  # fmt: skip
    assert len({step.key for step in written().steps}) == 7
    page.get_by_role("toolbar", name="Chosen steps").get_by_role("button", name="Move up").click()
    saved(page)
    assert [text for _kind, _role, text in lines()][1:-1] == ["One", "Two", "One", "Two", "Three"]
    page.get_by_role("toolbar", name="Chosen steps").get_by_role("button", name="Remove").click()
    saved(page)
    assert [text for _kind, _role, text in lines()][1:-1] == ["One", "Two", "Three"]
    keys.press("Control+z")
    saved(page)
    assert len(lines()) == 7


def test_a_step_is_dragged_by_its_number(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain="Buyer: One\nTwo\nThree")
    saved(page)
    page.get_by_role("button", name="Choose step 4").drag_to(
        page.get_by_role("button", name="Choose step 2"), target_position={"x": 5, "y": 2}
    )
    saved(page)
    assert [text for _kind, _role, text in lines()][1:-1] == ["Three", "One", "Two"]


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


def test_chosen_steps_become_a_sub_process(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    paste(waiting_line(page), plain="Buyer: One\nTwo\nThree")
    saved(page)
    page.get_by_role("button", name="Choose step 3").click()
    page.get_by_role("button", name="Choose step 4").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Chosen steps")
    bar.get_by_role("button", name="Make a sub-process…").click()
    page.keyboard.type("The rest")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="was made of 2 steps")).to_be_visible(timeout=8_000)
    expect(page.get_by_role("textbox", name="Step 3", exact=True)).to_have_value("The rest")
    saved(page)
    assert [(kind, text) for kind, _role, text in lines()][1:-1] == [("activity", "One"), ("subprocess", "The rest")]
    page.get_by_role("link", name="Open PUR-").click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    expect(page.locator(".line-name").nth(1)).to_have_value("Two")


def test_a_step_is_indented_into_a_sub_process_by_keyboard_alone(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    keys = page.keyboard
    paste(waiting_line(page), plain="Buyer: One\nTwo\nThree")
    name(page, 3).focus()
    keys.press("Alt+ArrowRight")
    expect(page.get_by_label("Title of the sub-process")).to_be_focused()
    keys.press("Escape")
    expect(page.locator(".block-bar")).to_be_hidden()
    expect(name(page, 3)).to_be_focused()
    keys.press("Alt+ArrowRight")
    keys.type("Second half")
    keys.press("Enter")  # at once: what waits to be saved is sent first
    expect(page.get_by_role("status").filter(has_text="was made of 1 step")).to_be_visible(timeout=8_000)
    expect(name(page, 3)).to_have_value("Second half")
    expect(name(page, 3)).to_be_focused()
    name(page, 2).focus()
    keys.press("Shift+Alt+ArrowDown")
    keys.press("Shift+Alt+ArrowDown")
    keys.press("Alt+ArrowRight")
    expect(page.locator(".block-count")).to_have_text("2 chosen")
    expect(page.get_by_label("Title of the sub-process")).to_be_focused()


def test_on_an_apple_keyboard_only_chosen_steps_are_indented(open_as: Callable[..., Page], people: make.Cast) -> None:
    page = open_as(people.author)
    page.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    page.goto("/processes/PUR-001/draft/")
    name(page, 1).focus()
    page.keyboard.press("Alt+ArrowRight")  # word by word
    expect(page.locator(".block-bar")).to_be_hidden()
    page.keyboard.press("Shift+Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_label("Title of the sub-process")).to_be_focused()


def test_the_title_of_a_refused_sub_process_stays(editor: Editor, people: make.Cast) -> None:
    page = editor(people.author)
    name(page, 1).focus()
    for _press in range(2):
        page.keyboard.press("Shift+Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.type("Everything")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose some of the steps, but not all of them.")).to_be_visible(timeout=8_000)
    expect(page.get_by_label("Title of the sub-process")).to_have_value("Everything")
    expect(page.get_by_label("Title of the sub-process")).to_be_focused()


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


def test_who_only_reads_sees_purpose_and_boundary_too(open_as: Callable[..., Page], people: make.Cast) -> None:
    draft = Revision.objects.get(process__number="PUR-001")
    Revision.objects.filter(pk=draft.pk).update(
        content={**draft.content, "purpose": "*Running* pumps", "boundary": {**draft.content["boundary"], "trigger": "A pump stands still"}}
    )
    page = open_as(people.reader)
    page.goto("/processes/PUR-001/draft/")
    expect(page.locator(".editor.is-reading")).to_be_visible()
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="A pump stands still")).to_be_visible()


def node(page: Page, text: str) -> Locator:
    """The step with this name in the chart."""
    return page.locator(".flowchart .step").filter(has_text=text)


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
