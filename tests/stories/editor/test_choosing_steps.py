"""Several steps at once in the editor: chosen, moved, dragged, made a sub-process."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.stories.editor.page import Editor, lines, name, paste, saved, waiting_line, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
