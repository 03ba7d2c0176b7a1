"""From the procedure to the paper and to what its code says, on a phone and by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from processportal.copies.models import Copy
from tests import make
from tests.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("every_page")]


def test_a_print_is_made_by_keyboard_and_its_code_is_read_without_an_account(transactional_db: None, open_as: Callable[..., Page]) -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, number="PUR-001")
    make.effective(process)
    page = open_as(cast.reader, size=PHONE)
    page.goto("/processes/PUR-001/")
    page.locator("summary", has_text="Print").focus()
    page.keyboard.press("Enter")
    panel = page.locator("details[open] .menu-panel")
    expect(panel).to_be_in_viewport(ratio=0.99)
    page.keyboard.press("Tab")
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    copy = Copy.objects.get()
    stranger = open_as(None, size=PHONE)
    stranger.goto(f"/c/{copy.token}/")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This version is in force")
    make.effective(process, make.definition("New"), since=make.now())
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("do not work by this paper")
