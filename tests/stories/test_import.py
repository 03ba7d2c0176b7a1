"""Bringing drawings in: the original and ours by keyboard, on a phone, and many files that a real worker reads."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from processes.models import Process
from tests import make
from tests.browser import DESKTOP, PHONE
from tests.processes.bpmn.files import CLAIM, process
from tests.stories.company import Company, full
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("import")]

LINKED = re.compile(r"\bis-linked\b")


@pytest.fixture
def company(transactional_db: None) -> Company:
    """See tests/stories/company.py."""
    return full()


def drawing(open_as: Callable[..., Page], company: Company, **look: object) -> Page:
    page = open_as(company.cast.author, **look)
    page.goto(f"/processes/import/{company.drawing.pk}/")
    return page


def test_both_drawings_and_the_losses_lead_to_each_other_by_keyboard(open_as: Callable[..., Page], company: Company) -> None:
    page = drawing(open_as, company, size=DESKTOP)
    theirs, ours = page.locator("[data-side=original] [data-tie='t']"), page.locator("[data-side=ours] [data-step='t']").first
    theirs.focus()
    for part in (theirs, ours):
        expect(part).to_have_class(LINKED)
    page.keyboard.press("Enter")
    expect(ours).to_be_focused()
    page.keyboard.press("Enter")
    expect(theirs).to_be_focused()
    lost = page.locator(".told button[data-tie='b']")
    page.locator("[data-side=original] [data-tie='b']").hover()
    expect(lost).to_have_class(LINKED)
    lost.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-side=original] [data-tie='b']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(lost).to_be_focused()
    page.context.close()


def test_on_a_phone_there_are_tabs(open_as: Callable[..., Page], company: Company) -> None:
    page = drawing(open_as, company, size=PHONE)
    sides = {name: page.locator(f"[data-side={name}]") for name in ("original", "ours")}
    expect(sides["original"]).to_be_visible()
    expect(sides["ours"]).to_be_hidden()
    page.get_by_role("button", name="What becomes of it").click()
    expect(sides["original"]).to_be_hidden()
    expect(sides["ours"].locator(".flowchart").first).to_be_visible()
    sides["ours"].locator("[data-step='t']").first.press("Enter")
    expect(sides["original"]).to_be_visible()
    expect(page.locator("[data-side=original] [data-tie='t']")).to_be_focused()
    page.context.close()


def test_another_department_brings_its_roles(open_as: Callable[..., Page], company: Company) -> None:
    make.department("QLT", parent=company.cast.purchasing, name="Quality")
    page = drawing(open_as, company, size=DESKTOP)
    page.locator("#role-match input").first.fill("Will go")
    page.locator("#id_department").select_option(label="Quality")
    expect(page.locator("#role-match input").first).to_have_value("")
    page.context.close()


@pytest.mark.usefixtures("worker")
def test_many_files_are_read_while_one_looks_on_and_become_drafts(open_as: Callable[..., Page], company: Company) -> None:
    page = open_as(company.cast.author, size=DESKTOP)
    page.goto("/processes/import/")
    files: list[FilePayload] = [
        {"name": "one.bpmn", "mimeType": "application/xml", "buffer": process("<task id='t' name='Do'/>", name="First of many")},
        {"name": "two.bpmn", "mimeType": "application/xml", "buffer": CLAIM},
        {"name": "bad.bpmn", "mimeType": "application/xml", "buffer": b"<x"},
    ]
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".import-counts")).to_contain_text("Understood 2", timeout=60_000)
    expect(page.locator("[hx-trigger]")).to_have_count(0)
    picture(page, "import-files-read")
    page.get_by_role("button", name="Make the drafts").click()
    expect(page.locator(".import-counts")).to_contain_text("Draft made 2", timeout=60_000)
    assert Process.objects.filter(title__in=("First of many", "Handle a claim")).count() == 2
    page.get_by_role("link", name=Process.objects.get(title="First of many").number, exact=True).click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    page.context.close()
