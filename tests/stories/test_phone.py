"""The day's work on a phone: what waits, the procedure, reading and confirming, and a look at the chart of a draft."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from organization.models import Person
from tests.browser import PHONE
from tests.stories import acts
from tests.stories.company import Company, full
from tests.stories.pictures import picture
from training.models import Acknowledgement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]
SMALLEST = {"width": 360, "height": 740}
Phone = Callable[[Person], Page]


@pytest.fixture
def company(transactional_db: None) -> Company:
    """See tests/stories/company.py."""
    return full()


@pytest.fixture
def phone(open_as: Callable[..., Page]) -> Iterator[Phone]:
    """`phone(person)`: the portal in this person's hand."""
    pages: list[Page] = []

    def of(person: Person) -> Page:
        pages.append(open_as(person, size=PHONE))
        pages[-1].goto("/")
        return pages[-1]

    yield of
    for page in pages:
        page.context.close()


def shows(page: Page, name: str) -> None:
    """Nothing lies beside the screen, on a usual phone and on the smallest."""
    page.wait_for_load_state()
    picture(page, f"phone-{name}")
    for size in (PHONE, SMALLEST):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, size)
    page.set_viewport_size(PHONE)


def tap(page: Page, place: str) -> None:
    """A place of the bar at the bottom."""
    page.get_by_role("navigation", name="Main, short").get_by_role("link", name=place).click()


def test_reading_and_confirming(phone: Phone, company: Company) -> None:
    page = phone(company.cast.reader)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    shows(page, "01-home")
    page.get_by_role("main").get_by_role("link", name="Read: PUR-001").click()
    expect(page.locator(".flowchart")).to_be_visible()
    shows(page, "02-procedure")
    page.get_by_text("Download", exact=True).first.click()
    shows(page, "02-download")
    page.keyboard.press("Escape")
    bar, places = page.locator(".ack-bar").bounding_box(), page.locator(".bottombar").bounding_box()
    assert bar
    assert places
    assert bar["y"] + bar["height"] <= places["y"]  # nothing of it lies behind the places
    acts.confirm_reading(page)
    shows(page, "03-confirmed")
    assert Acknowledgement.objects.filter(person=company.cast.reader).count() == 1


def test_deciding(phone: Phone, company: Company) -> None:
    page = phone(company.cast.approver)
    tap(page, "My work")
    shows(page, "04-my-work")
    page.locator(".work-row", has_text="Rate suppliers").get_by_role("link").first.click()
    shows(page, "05-review")
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_role("region", name="Before approval")).to_be_focused()
    shows(page, "05-what-is-open")
    page.locator(".remark", has_text="Why").get_by_role("button", name="Settled").click()
    expect(page.locator("#before-approval")).to_have_count(0)
    dialog = acts.ask_for_signature(page, "Approve")
    expect(dialog).to_be_in_viewport(ratio=1)
    shows(page, "06-signing")
    acts.decide_in(dialog)
    acts.decided(page)


def test_the_chart_of_a_draft(phone: Phone, company: Company) -> None:
    page = phone(company.cast.author)
    page.goto(f"/processes/{company.drafted.number}/draft/")
    expect(page.locator(".editor.is-ready")).to_be_visible()
    shows(page, "07-editor")
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator(".flowchart")).to_be_visible()
    expect(page.locator(".editor-text")).to_be_hidden()
    shows(page, "08-editor-chart")
