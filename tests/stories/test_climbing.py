"""From a refusal to the level that was missing, with its certificate: who may not submit is led to an assessment, and then submits."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from organization import gate
from organization.calendar import today
from organization.gate import install_ladder
from organization.models import Person
from tests import make
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("climbing")]


def test_from_a_refusal_to_the_level(people: make.Cast, window: Callable[[Person], Page]) -> None:
    install_ladder()
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    make.draft(process, by=people.author)
    make.hold(people.reader, 1)
    reader, head, assessor = window(people.reader), window(people.author), window(people.approver)

    reader.goto("/processes/PUR-001/submit/")
    expect(reader.get_by_role("alert").first).to_contain_text("needs Level 2 · process descriptor; held today: Level 1 · process student.")
    reader.get_by_role("link", name="My competence: open an assessment").click()
    expect(reader.get_by_role("heading", name="Next: Level 2 · process descriptor")).to_be_visible()
    picture(reader, "climbing-01-my-competence")
    reader.get_by_role("button", name="Open an assessment", exact=True).click()
    expect(reader.get_by_text("The assessment is open.")).to_be_visible()
    reader.get_by_text("Add evidence").click()
    reader.get_by_label("What was done").fill("Drew the returns with the old tool")
    reader.get_by_role("button", name="Add", exact=True).click()
    expect(reader.get_by_text("Drew the returns with the old tool")).to_be_visible()
    address = reader.url

    head.goto(address)
    head.get_by_role("combobox", name="Assessor").fill("approver")
    head.get_by_role("button", name="Name assessor").click()
    expect(head.get_by_text("Approver assesses.")).to_be_visible()

    assessor.goto("/work/")
    assessor.get_by_role("link", name="Reader · Level 2 · process descriptor").first.click()
    assessor.get_by_role("link", name="Rate", exact=True).click()
    expect(assessor.get_by_role("button", name="Save and hand in")).to_be_visible()
    for n, group in enumerate(assessor.get_by_role("group", name="Rating").all()):
        group.get_by_role("radio", name="Met", exact=True).check()
        assessor.get_by_label("What you saw").nth(n).fill("Shown on the returns process")
    picture(assessor, "climbing-02-rating")
    assessor.get_by_role("button", name="Save and hand in").click()
    assessor.get_by_role("link", name="Conclude", exact=True).click()
    expect(assessor.get_by_text("By these ratings Reader passes")).to_be_visible()
    assessor.get_by_label("The result in words").fill("Describes without help.")
    assessor.get_by_label("Your password").fill(make.PASSWORD)
    picture(assessor, "climbing-03-conclude")
    assessor.get_by_role("button", name="Sign and conclude").click()
    expect(assessor.get_by_text("The result is recorded and signed.")).to_be_visible()

    reader.goto(address)
    expect(reader.get_by_role("heading", name="Result")).to_be_visible()
    expect(reader.get_by_text("Describes without help.")).to_be_visible()
    picture(reader, "climbing-04-result")
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Certificate (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    reader.goto("/processes/PUR-001/submit/")
    expect(reader.get_by_text("You cannot submit this draft.")).to_have_count(0)
    assert gate.level_of(people.reader, today()) == 2


def test_an_administrator_assigns_a_level(people: make.Cast, window: Callable[[Person], Page]) -> None:
    """One level up, with the reason and a signature; the next but one is refused, and what was typed stays."""
    install_ladder()
    admin = window(people.admin)
    admin.goto(f"/organization/people/{people.reader.pk}/")
    admin.get_by_role("link", name="Assign level").click()
    level = admin.locator("#id_level")
    reason = admin.locator("#id_reason")
    for number, told in ((2, "A person climbs one level at a time"), (1, "Level 1 · process student")):
        level.select_option(value=str(number))
        if number == 2:
            reason.fill("Passed the quiz and the exercise.")
        expect(reason).to_have_value("Passed the quiz and the exercise.")
        admin.get_by_label("Your password").fill(make.PASSWORD)
        admin.get_by_role("button", name="Sign and assign").click()
        expect(admin.get_by_role("main")).to_contain_text(told)
    assert gate.level_of(people.reader, today()) == 1
