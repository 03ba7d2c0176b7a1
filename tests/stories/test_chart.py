"""Looking at a flowchart in a real browser: keys, mouse, the map of a large one; and what a screen reader hears."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from processes.models import Process
from tests import make
from tests.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def process(transactional_db: None) -> Process:
    cast = make.cast()
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    make.effective(process, make.definition(*(f"Do part {n}" for n in range(30)), "Good?"))
    return process


def width(page: Page) -> float:
    return float(page.locator(".chart-box svg").get_attribute("width") or 0)


def scrolled(page: Page) -> int:
    return int(page.locator(".chart-box").evaluate("box => box.scrollTop"))


def test_keys_mouse_and_map_move_about(open_as: Callable[..., Page], process: Process) -> None:
    page = open_as(process.created_by)
    page.goto("/processes/PUR-001/")
    box, map_ = page.locator(".chart-box"), page.locator(".chart-map")
    expect(map_.locator("[tabindex], [href]")).to_have_count(0)
    expect(map_).to_be_visible()
    before = width(page)
    box.focus()
    page.keyboard.press("+")
    assert width(page) > before
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert width(page) < before
    page.keyboard.press("0")
    page.keyboard.press("0")
    whole = box.evaluate("box => [box.scrollHeight, box.clientHeight]")
    assert whole[0] <= whole[1] + 1
    expect(map_).to_be_hidden()
    for _press in range(6):
        page.keyboard.press("+")
    expect(map_).to_be_visible()
    place = map_.bounding_box()
    assert place
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] - 8)
    low = scrolled(page)
    assert low > 300
    paper = box.bounding_box()
    assert paper
    page.mouse.move(paper["x"] + 30, paper["y"] + 100)
    page.mouse.down()
    page.mouse.move(paper["x"] + 30, paper["y"] + 220)
    page.mouse.up()
    assert scrolled(page) == low - 120
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function("before => document.querySelector('.chart-box').scrollTop != before", arg=low - 120)


def test_a_phone_has_no_map_in_the_way(open_as: Callable[..., Page], process: Process) -> None:
    page = open_as(process.created_by, size=PHONE)
    page.goto("/processes/PUR-001/")
    expect(page.locator(".chart-box svg")).to_be_visible()
    expect(page.locator(".chart-map")).to_be_hidden()


def test_a_screen_reader_hears_the_steps_and_not_the_map(open_as: Callable[..., Page], process: Process) -> None:
    page = open_as(process.created_by)
    page.goto("/processes/PUR-001/")
    heard = page.locator(".chart-frame").aria_snapshot()
    assert "Flowchart; every step is described in the list below" in heard
    assert heard.count('link "') == 33
