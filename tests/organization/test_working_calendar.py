"""The company's calendar is set by administrators, looked at by everybody, and counts at once."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from organization import calendar, working_calendar
from organization.models import CalendarException, CompanySettings
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn

SATURDAY, MONDAY = dt.date(2026, 3, 7), dt.date(2026, 3, 9)
pytestmark = pytest.mark.django_db


def refusal(story: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        story()
    return str(refused.value)


def test_the_calendar_is_set_and_counts_at_once(cast: make.Cast, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    epiphany = dt.date(2026, 1, 6)
    assert calendar.is_working_day(epiphany)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        working_calendar.set_calendar(by=cast.admin, time_zone="Europe/Berlin", country="DE", region="BY")
    assert not calendar.is_working_day(epiphany)
    assert str(calendar.company_zone()) == "Europe/Berlin"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        working_calendar.set_calendar(by=cast.admin, time_zone="Europe/Berlin", country="", region="")
    assert calendar.is_working_day(epiphany)
    assert (CompanySettings.objects.count(), CompanySettings.history.count()) == (1, 2)


def test_exceptions_are_honoured_and_taken_back(cast: make.Cast, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        made = working_calendar.add_exception(by=cast.admin, day=SATURDAY, is_working=True, name="Stocktaking")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        working_calendar.add_exception(by=cast.admin, day=MONDAY, is_working=False, name="Founding day")
    assert (calendar.is_working_day(SATURDAY), calendar.is_working_day(MONDAY)) == (True, False)
    assert calendar.add_working_days(dt.date(2026, 3, 6), 2) == dt.date(2026, 3, 10)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        working_calendar.remove_exception(made, by=cast.admin)
    assert not calendar.is_working_day(SATURDAY)
    assert [row.history_type for row in CalendarException.history.filter(day=SATURDAY)] == ["-", "+"]


def test_what_cannot_be_is_refused(cast: make.Cast) -> None:
    def settings(**to: str) -> str:
        asked = {"time_zone": "UTC", "country": "", "region": "", **to}
        return refusal(lambda: working_calendar.set_calendar(by=cast.admin, **asked))

    def exception(day: dt.date, works: bool) -> str:
        return refusal(lambda: working_calendar.add_exception(by=cast.admin, day=day, is_working=works, name="x"))

    assert settings(time_zone="Mars/Base") == "There is no time zone “Mars/Base”."
    assert settings(country="XX") == "The public holidays of “XX” are not known."
    assert settings(country="DE", region="ZZ") == "This country has no region “ZZ” with holidays of its own."
    assert settings(region="BY") == "This country has no region “BY” with holidays of its own."
    assert exception(MONDAY, True) == "It is a working day already."
    assert exception(SATURDAY, False) == "It is a free day already."
    CalendarException.objects.create(day=MONDAY, name="x")
    assert exception(MONDAY, True) == "There is an exception for this day already. Remove it first."


def test_only_administrators_change_it(cast: make.Cast) -> None:
    made = CalendarException.objects.create(day=MONDAY, name="x")
    for story in (
        lambda: working_calendar.set_calendar(by=cast.boss, time_zone="UTC", country="", region=""),
        lambda: working_calendar.add_exception(by=cast.boss, day=SATURDAY, is_working=True, name="x"),
        lambda: working_calendar.remove_exception(made, by=cast.boss),
    ):
        assert refusal(story) == "Only administrators manage people, departments and positions. Ask one of them."
    assert CalendarException.objects.count() == 1


def test_the_page_shows_holidays_exceptions_and_forms_to_administrators(cast: make.Cast, client: SignedIn) -> None:
    CompanySettings.objects.create(time_zone="Asia/Shanghai", holiday_country="CN")
    calendar.forget()
    this_year = make.now().year
    CalendarException.objects.create(day=dt.date(this_year, 10, 1), is_working=True, name="Stocktaking")
    place = reverse("organization:calendar")
    page = client.as_(cast.reader).get(place)
    shown = page.content.decode()
    assert [year for year, _days in page.context["years"]] == [this_year, this_year + 1]
    assert all(text in shown for text in ("National Day", "Stocktaking", "the company differs", "China", "Asia/Shanghai"))
    assert "Add a day" not in shown
    assert "Add a day" in client.as_(cast.admin).get(place).content.decode()


def test_an_administrator_sets_the_calendar_and_adds_days(cast: make.Cast, client: SignedIn) -> None:
    place = reverse("organization:set_calendar")
    client.as_(cast.admin)
    assert "Bayern" in client.get(place, {"country": "DE"}).content.decode()
    assert "Bayern" not in client.get(place, {"country": "CN"}).content.decode()
    wrong = client.post(place, {"time_zone": "Europe/Berlin", "country": "CN", "region": "BY"})
    assert wrong.status_code == 422
    assert client.post(place, {"time_zone": "Europe/Berlin", "country": "DE", "region": "BY"}).status_code == 302
    assert CompanySettings.objects.get().holiday_region == "BY"
    add = reverse("organization:add_exception")
    assert client.post(add, {"day": "2026-03-07", "is_working": "1", "name": "Stocktaking"}).status_code == 302
    again = client.post(add, {"day": "2026-03-07", "is_working": "0", "name": "Rest"})
    assert (again.status_code, "There is an exception for this day already" in again.content.decode()) == (422, True)
    made = CalendarException.objects.get()
    assert made.is_working
    assert client.post(reverse("organization:remove_exception", args=[made.pk])).status_code == 302
    assert not CalendarException.objects.exists()
