"""From a course to its certificate: planned and invited, answered, checked in with the trainer's code, recorded, and looked up."""

import datetime as dt
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from processes.models import Process
from tests import make
from tests.browser import PHONE
from training import tasks
from training.models import Course, TrainingRecord, TrainingSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("every_page")]


def test_from_the_course_to_the_certificate(transactional_db: None, open_as: Callable[..., Page]) -> None:
    began, cast = time.monotonic(), make.cast()
    process: Process = make.process(cast.purchasing, number="PUR-001")
    make.effective(process)
    office = open_as(cast.manager)
    office.goto("/training/")
    office.get_by_role("link", name="New course").click()
    office.get_by_label("Code", exact=True).fill("SAFE-1")
    office.get_by_label("Title").fill("Buying safely")
    office.get_by_role("textbox", name="Processes").fill("PUR-001")
    office.get_by_label("Valid for so many months").fill("12")
    office.get_by_role("button", name="Begin").click()
    office.get_by_role("link", name="Plan a session").first.click()
    tomorrow = make.now() + dt.timedelta(days=1)
    office.get_by_label("Day", exact=True).fill(f"{tomorrow:%Y-%m-%d}")
    office.get_by_label("From", exact=True).fill("09:00")
    office.get_by_label("Until", exact=True).fill("11:00")
    office.get_by_label("Place or a link", exact=True).fill("Room 2")
    office.get_by_label("Trainer or somebody from outside", exact=True).fill("manager")
    office.get_by_role("button", name="Plan", exact=True).click()
    office.get_by_label("Readers of a process").fill("PUR-001")
    office.get_by_role("button", name="Invite", exact=True).click()
    expect(office.get_by_text("3 people are invited")).to_be_visible()
    session, course = TrainingSession.objects.get(), Course.objects.get()
    tasks.invite(session.pk, "process", process.pk, 0, cast.manager.pk)

    reader = open_as(cast.reader, size=PHONE)
    reader.goto("/work/")
    reader.get_by_role("link", name="SAFE-1 Buying safely").first.click()
    reader.get_by_role("button", name="Take a place").click()
    expect(reader.get_by_text("You have a place")).to_be_visible()
    with reader.expect_download() as coming:
        reader.get_by_role("link", name="Calendar entry").click()
    assert b"SUMMARY:Buying safely" in coming.value.path().read_bytes()

    now = make.now()  # the morning has come
    TrainingSession.objects.filter(pk=session.pk).update(begins_at=now, ends_at=now + dt.timedelta(hours=2))
    office.goto(f"/training/sessions/{session.pk}/attendance/")
    code = office.get_by_role("link", name="Page to check in").get_attribute("href")
    assert code is not None
    reader.goto(code)
    reader.get_by_role("button", name="I am here").click()
    expect(reader.get_by_text("You are checked in.")).to_be_visible()
    office.reload()
    expect(office.get_by_label("Reader was")).to_have_value("1")
    office.get_by_role("button", name="Record").click()
    expect(office.get_by_text("1 line is on record.")).to_be_visible()

    reader.goto("/training/mine/")
    with reader.expect_download() as made:
        reader.get_by_role("link", name="Certificate of Buying safely").click()
    assert made.value.path().read_bytes().startswith(b"%PDF")
    stranger = open_as(None, size=PHONE)
    stranger.goto(f"/certificates/{TrainingRecord.objects.get(course=course).code}/")
    expect(stranger.get_by_text("Valid", exact=True)).to_be_visible()
    expect(stranger.get_by_text("Reader")).to_have_count(0)
    assert time.monotonic() - began < 40
