"""A procedure is translated by keyboard, two people at once, over a lost connection; checked by a third; and read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from organization.models import OpenSession as Session
from organization.models import Person, Position
from processes import translations
from processes.models import Revision, Translation
from processes.translating import units
from tests import make
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("translating")]
Window = Callable[[Person], Page]
AT = "/processes/PUR-001/translations/zh-hans/"


@pytest.fixture
def revision(people: make.Cast) -> Revision:
    owner = Position.objects.get(title="Head of Purchasing")
    return make.effective(make.process(people.purchasing, number="PUR-001", owner=owner))


def begun(revision: Revision, by: Person) -> Translation:
    return translations.begin(revision, "zh-hans", by=by, now=make.now())


def unit(page: Page, source: str) -> Locator:
    return page.locator("[data-unit]", has=page.get_by_text(source, exact=True)).locator("textarea")


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text("Saved")


def texts() -> list[str]:
    return sorted(Translation.objects.get().texts.values())


def test_the_whole_way_by_keyboard(window: Window, people: make.Cast, revision: Revision) -> None:
    page = window(people.author)
    page.goto("/processes/PUR-001/translations/")
    page.get_by_label("Translate into another language").select_option("zh-hans")
    page.get_by_role("button", name="Begin").press("Enter")
    unit(page, "Purchase to pay").focus()
    for word in ("采购到付款", "目的", "范围", "采购员", "需求出现", "检查报价", "签署订单"):
        page.keyboard.type(word)
        page.keyboard.press("Control+Enter")
    page.keyboard.type("需求满足")
    page.keyboard.press("Enter")
    expect(page.locator(".tongue-progress strong")).to_have_text("8 of 8")
    saved(page)
    picture(page, "translating-01-written")
    page.get_by_label("Who checks it").select_option(label="Stranger")
    page.get_by_role("button", name="Ask this person").press("Enter")
    expect(page.get_by_text("Stranger checks it")).to_be_visible()
    check = window(people.stranger)
    check.goto("/work/")
    check.get_by_role("link", name="Check").first.click()
    expect(check.locator(".chart-box")).to_contain_text("检查报价")
    picture(check, "translating-02-checked")
    check.get_by_label("Your password").fill(make.PASSWORD)
    check.keyboard.press("Enter")
    expect(check.get_by_text("Released by Stranger")).to_be_visible()
    read = window(people.reader)
    read.goto("/processes/PUR-001/")
    read.get_by_role("link", name="简体中文").click()
    expect(read.get_by_role("heading", level=1)).to_have_text("采购到付款")
    picture(read, "translating-03-read")


def test_what_is_pasted_into_a_line_stays_one_line(window: Window, people: make.Cast, revision: Revision) -> None:
    begun(revision, people.author)
    page = window(people.author)
    page.goto(AT)
    paste = """(field, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      field.focus();
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }"""
    unit(page, "Buyer").evaluate(paste, " 采购\r\n\t员 ")
    expect(unit(page, "Buyer")).to_have_value("采购 员")
    saved(page)
    assert texts() == ["采购 员"]


def test_two_people_at_the_same_text_are_asked_which_one_stays(window: Window, people: make.Cast, revision: Revision) -> None:
    begun(revision, people.author)
    one, other = window(people.author), window(people.approver)
    one.goto(AT)
    other.goto(AT)
    unit(one, "Buyer").fill("采购员")
    unit(one, "Buyer").blur()
    saved(one)
    unit(other, "Sign order").fill("签署订单")
    unit(other, "Buyer").fill("买手")
    expect(other.get_by_text("Author wrote meanwhile:")).to_be_visible()
    picture(other, "translating-04-asked")
    assert texts() == ["签署订单", "采购员"]
    other.get_by_role("button", name="Keep mine").press("Enter")
    saved(other)
    assert texts() == ["买手", "签署订单"]


def test_what_was_typed_without_connection_or_session_is_sent_later(window: Window, people: make.Cast, revision: Revision) -> None:
    begun(revision, people.author)
    page = window(people.author)
    page.goto(AT)
    page.context.set_offline(True)
    unit(page, "Buyer").fill("采购员")
    expect(page.locator("[data-status]")).to_contain_text("Not saved: no connection.")
    page.context.set_offline(False)
    saved(page)
    Session.objects.all().delete()
    unit(page, "Sign order").fill("签署订单")
    expect(page.locator("[data-status]")).to_contain_text("You were signed out.")
    page.goto(AT)
    acts.sign_in(page, people.author)
    saved(page)
    expect(unit(page, "Sign order")).to_have_value("签署订单")
    expect(page.locator(".tongue-progress strong")).to_have_text("2 of 8")
    assert texts() == ["签署订单", "采购员"]


def test_a_refused_text_stays_and_says_why(window: Window, people: make.Cast, revision: Revision) -> None:
    begun(revision, people.author)
    page = window(people.author)
    page.goto(AT)
    unit(page, "Buyer").fill("长" * 301)
    expect(page.get_by_text("301 characters; at most 300 are kept. Shorten it.")).to_be_visible()
    expect(page.locator("[data-status]")).to_have_text("Not everything is saved: look at the marked texts.")
    unit(page, "Buyer").fill("短")
    saved(page)
    assert texts() == ["短"]


def test_an_earlier_translation_is_taken_by_a_button(window: Window, people: make.Cast, revision: Revision) -> None:
    made = begun(revision, people.author)
    title = next(one for one in units(make.definition()) if one.text == "Buyer")
    translations.write(made, {title.key: translations.Typed("采购员", 0)}, by=people.author, now=make.now())
    make.effective(revision.process, make.definition(role="Buyer of castings"), since=make.now())
    translations.begin(revision.process.revisions.get(ordinal=2), "zh-hans", by=people.author, now=make.now())
    page = window(people.author)
    page.goto(f"{AT}?show=fresh")
    page.get_by_role("button", name="Earlier: 采购员").press("Enter")
    page.keyboard.type("（铸件）")
    saved(page)
    assert Translation.objects.latest("pk").texts == {units(make.definition(role="Buyer of castings"))[2].key: "采购员（铸件）"}
