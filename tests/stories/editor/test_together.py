"""Two people at once in the editor, and what happens when the network or the session goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from processes.models import Revision
from tests import make
from tests.stories.editor.page import Editor, faults, lines, name, saved, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
