"""A phone at the machine: step by step along a decision, and a problem reported with a photo."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from processes.models import ProblemReport
from tests import make
from tests.browser import PHONE, accessibility_faults
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]


def test_step_by_step_and_a_problem_with_a_photo(open_as: Callable[..., Page], people: make.Cast, tmp_path: Path) -> None:
    process = make.process(people.purchasing, number="PUR-001")
    make.effective(process, make.definition("Pump tight?", "Run the pump"))
    page = open_as(people.stranger, size=PHONE)
    page.goto("/processes/PUR-001/")
    page.get_by_role("link", name="Step by step").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 Need arises")
    page.wait_for_load_state()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 Pump tight?")
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    picture(page, "machine-01-decision")
    way = page.get_by_role("link", name="yes")
    box = way.bounding_box()
    assert box
    assert box["height"] >= 56
    assert box["y"] + box["height"] <= PHONE["height"]
    way.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 Run the pump")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 Pump tight?")
    page.wait_for_load_state()
    page.keyboard.press("2")
    expect(page.get_by_role("heading", level=1)).to_have_text("4 Need met")
    page.get_by_role("link", name="Back").click()
    way.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 Run the pump")
    page.get_by_role("link", name="Report a problem at this step").click()
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (800, 600), "navy").save(photo)
    page.get_by_label("What went wrong?").fill("It runs dry.")
    page.get_by_label("Photo").set_input_files(photo)
    assert accessibility_faults(page) == []
    picture(page, "machine-02-report")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("img", name="The photo of the report")).to_be_visible()
    picture(page, "machine-03-sent")
    made = ProblemReport.objects.get()
    assert (made.place, made.text, made.reported_by, bool(made.photo)) == ("Step 3: Run the pump", "It runs dry.", people.stranger, True)
    page.context.close()
