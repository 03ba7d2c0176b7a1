"""The main job: a process is written or imported, approved, in force, read, revised, approved and read again; by people in a browser."""

import datetime as dt
import json
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from organization.models import Person
from tests import make
from tests.browser import PHONE
from tests.stories import acts
from tests.stories.pictures import picture
from tests.stories.worker import until
from training.models import Acknowledgement, Reading
from worklist.models import Notice, WorkItem
from worklist.outbox import wake

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("main_job")]
Window = Callable[[Person], Page]
CORPUS = Path(os.environ.get("BPMN_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus" / "bpmn")


@pytest.mark.both_databases
@pytest.mark.usefixtures("worker")
def test_from_an_empty_page_to_a_revision_that_was_read(window: Window, people: make.Cast) -> None:
    newcomer = make.person("newcomer", password=make.PASSWORD, name="New Buyer")
    storekeeper, author, manager = Person.objects.get(login="storekeeper"), window(people.author), window(people.manager)
    appoint(window(people.admin), newcomer, "Buyer")
    number = write(author)
    acts.submit(author, "Orders were placed without asking for offers.")
    approve_as_deputy(window(people.approver))
    approve(window(storekeeper))
    approve(manager)
    picture(manager, "main-07-approved")
    read(window(newcomer), number, newcomer)
    see_coverage(author, number)
    revise(author, number)
    approve(window(people.approver))
    approve(window(storekeeper))
    approve(manager)
    read_only_the_changes(window(newcomer), number, newcomer)
    be_reminded(window(people.reader), people.reader, number)


@pytest.mark.usefixtures("worker")
def test_a_model_of_other_people_becomes_a_procedure(window: Window, people: make.Cast) -> None:
    number, author = import_model(), window(people.author)
    mend(author, number)
    acts.submit(author, "Taken over from the drawing tool.")
    expect(author.get_by_role("complementary", name="Decision and state")).to_contain_text("Approver")
    approve(window(people.approver))
    reader = window(people.reader)
    until(Reading.objects.filter(person=people.reader, revision__process__number=number).exists, "the reading of the imported model")
    reader.goto("/reading/")
    reader.get_by_role("link", name=f"Read {number}").click()
    expect(reader.locator(".step-list .step")).to_have_count(5)
    acts.confirm_reading(reader)


def import_model() -> str:
    """A small model that another program drew, as a draft of purchasing; gives its number."""
    found = sorted(CORPUS.rglob("miwg/bpmn.io*/A.1.0-export.bpmn"))
    if not found:
        pytest.skip("the folder with other people's models is not here (set BPMN_CORPUS)")
    said = StringIO()
    call_command("import_bpmn", found[0], department="PUR", by="author", json=True, stdout=said)
    number: str = json.loads(said.getvalue())["process"]
    return number


def mend(page: Page, number: str) -> None:
    """The model says nowhere who does what: the findings lead to each step until nothing stands in the way."""
    page.goto(f"/processes/{number}/draft/")
    expect(page.locator(".editor.is-ready")).to_be_visible()
    expect(page.locator("[data-part=submit]")).to_have_attribute("aria-disabled", "true")
    errors = page.locator(".finding-error")
    expect(errors).to_have_count(3)
    picture(page, "import-01-findings")
    for left in (2, 1, 0):
        errors.first.get_by_role("link").click()
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("Buyer")
        page.keyboard.press("Tab")
        expect(errors).to_have_count(left, timeout=15_000)
    picture(page, "import-02-mended")


def appoint(page: Page, person: Person, title: str) -> None:
    """The administrator finds the position and appoints."""
    page.goto("/organization/")
    page.get_by_role("main").get_by_role("link", name="Purchasing", exact=True).click()
    page.get_by_role("link", name=title, exact=True).click()
    page.get_by_role("link", name="Appoint").click()
    page.get_by_role("textbox", name="Person").or_(page.get_by_role("combobox", name="Person")).fill(person.login)
    picture(page, "main-01-appoint")
    page.get_by_role("button", name="Appoint").click()
    expect(acts.toast(page)).to_contain_text("New Buyer is appointed.")
    expect(page.get_by_role("main").get_by_role("link", name="New Buyer", exact=True).first).to_be_visible()


def write(page: Page) -> str:
    """The head of purchasing types the process and sees the chart grow."""
    number = acts.begin_process(page, "Order material", level="Company", participating="Stores")
    steps = page.locator(".flowchart .step")
    acts.type_steps(page, "Requester: Fill in request", "Head of Purchasing: Check request")
    expect(steps).to_have_count(4, timeout=15_000)
    acts.type_steps(page, "Up to 500 EUR? yes → 6 / no → 5", "Buyer: Ask three suppliers", "Place order", "Storeman: Book the goods")
    expect(steps).to_have_count(8, timeout=15_000)
    expect(page.locator(".flowchart .step-decision")).to_have_count(1)
    expect(page.locator(".flowchart .lane")).to_have_count(4)
    acts.saved(page)
    picture(page, "main-02-typed")
    page.get_by_role("link", name="Submit…").click()
    route = page.get_by_role("complementary", name="Who decides")
    expect(route.get_by_role("listitem").filter(has=page.get_by_role("heading"))).to_have_count(2)
    expect(route).to_contain_text("Approver")
    expect(route).to_contain_text("Storekeeper")
    expect(route).to_contain_text("Manager")
    picture(page, "main-03-route")
    page.get_by_role("link", name="Back to the draft").click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    return number


def approve_as_deputy(page: Page) -> None:
    """Comments, mistypes the password, is refused with everything kept, and signs."""
    acts.open_review(page)
    page.get_by_role("textbox", name="Comment").fill("Who keeps the offers?")
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator(".remark")).to_contain_text("Who keeps the offers?")
    page.locator(".remark").get_by_role("button", name="Settled").click()
    expect(page.locator(".remark")).to_contain_text("Settled by")
    acts.decide(page, reason="Checked against last year's orders.", password="not my password")
    expect(page.get_by_role("dialog")).to_contain_text("password")
    expect(page.get_by_role("textbox", name="Reason", include_hidden=True)).to_have_value("Checked against last year's orders.")
    picture(page, "main-04-wrong-password")
    page.get_by_role("dialog").get_by_label("Your password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign and approve").click()
    acts.decided(page)
    picture(page, "main-05-countersigned")


def approve(page: Page) -> None:
    """Opens My work, looks, signs."""
    acts.open_review(page)
    acts.decide(page)
    acts.decided(page)


def read(page: Page, number: str, person: Person) -> None:
    """The worker has handed out the reading; the reader finds it, reads to the end and confirms."""
    until(lambda: Reading.objects.filter(person=person, revision__process__number=number).exists(), "the reading of the first revision")
    page.goto("/reading/")
    page.get_by_role("link", name=f"Read {number}").click()
    expect(page.locator(".meta-row")).to_contain_text("In force since")
    picture(page, "main-08-procedure")
    acts.confirm_reading(page)
    expect(page.locator(".step-list .step")).to_have_count(8)
    page.goto("/reading/")
    expect(page.get_by_role("main")).to_contain_text("Nothing to read")
    assert Acknowledgement.objects.filter(person=person).count() == 1


def see_coverage(page: Page, number: str) -> None:
    """The head sees that one of her people has read it; she signed it as its author and need not."""
    page.goto("/reading/")
    page.get_by_role("link", name="How far my department has read").click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row.locator("[data-label='Have read']")).to_have_text("1")
    picture(page, "main-09-coverage")


def revise(page: Page, number: str) -> None:
    """One step renamed, one limit changed."""
    page.goto(f"/processes/{number}/")
    page.get_by_role("button", name="Revise").click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    acts.step(page, 4).fill("Up to 800 EUR?")
    acts.step(page, 6).fill("Send order")
    acts.step(page, 6).press("Tab")
    acts.submit(page, "Prices rose: the limit follows.")
    expect(page.locator(".comparison")).to_have_count(2)
    picture(page, "main-10-revised")


def read_only_the_changes(page: Page, number: str, person: Person) -> None:
    """On a phone the second reading shows what changed and nothing else."""
    page.set_viewport_size(PHONE)
    second = Reading.objects.filter(person=person, revision__process__number=number, revision__ordinal=2)
    until(second.exists, "the reading of the second revision")
    page.goto("/reading/")
    page.get_by_role("link", name=f"Read {number}").click()
    page.get_by_role("link", name="Show only the changes").click()
    changes = page.locator(".comparison")
    expect(changes).to_have_count(2)
    expect(changes.nth(0)).to_contain_text("800")
    expect(changes.nth(0).locator("small")).to_have_css("display", "block")
    expect(changes.nth(0).locator("del")).to_have_text("500")
    expect(changes.nth(1).locator("ins")).to_have_text("Send")
    expect(page.locator(".step-list")).to_have_count(0)
    picture(page, "main-11-only-the-changes")
    acts.confirm_reading(page)
    assert Acknowledgement.objects.filter(person=person).count() == 2


def be_reminded(page: Page, person: Person, number: str) -> None:
    """A colleague has not read; when the day has passed, the worker reminds."""
    now = make.now()
    item = WorkItem.objects.open().get(person=person, subject__startswith=number)
    late = now - dt.timedelta(days=7)
    WorkItem.objects.filter(pk=item.pk).update(due_on=late.date(), raised_at=late - dt.timedelta(days=14), next_reminder_at=late)
    wake("processportal.tasks.remind")
    until(Notice.objects.filter(person=person, work_item=item).exists, "the reminder")
    page.goto("/notices/")
    expect(page.locator(".notice-row").first).to_contain_text("overdue")
    picture(page, "main-12-reminder")
    page.get_by_role("button", name="Open").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order material")
