"""The company's days: its zone, midnights, working days and holidays."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization import calendar
from organization.models import CompanySettings
from tests import make

MONDAY = dt.date(2026, 3, 2)
DAYS = st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2030, 12, 31))


@pytest.fixture
def settings_row(db: None) -> CompanySettings:
    return CompanySettings.objects.get_or_create(id=1)[0]


def located(row: CompanySettings, zone: str, country: str = "") -> None:
    row.time_zone, row.holiday_country = zone, country
    row.save()
    calendar.forget()


@pytest.mark.django_db
def test_before_anything_is_set_days_are_those_of_utc() -> None:
    assert (calendar.company().is_demo, calendar.company().pk) == (False, 1)
    assert not CompanySettings.objects.exists()
    assert calendar.today(dt.datetime(2026, 3, 4, 23, 59, tzinfo=dt.UTC)) == dt.date(2026, 3, 4)
    assert calendar.today() == make.now().date()


def test_the_day_is_the_companys(settings_row: CompanySettings) -> None:
    instant = dt.datetime(2026, 3, 4, 16, 30, tzinfo=dt.UTC)
    found = []
    for zone in ("Asia/Shanghai", "UTC", "America/New_York"):
        located(settings_row, zone)
        found.append((calendar.today(instant).day, calendar.midnight(dt.date(2026, 3, 5)).isoformat()))
    assert found == [(5, "2026-03-04T16:00:00+00:00"), (4, "2026-03-05T00:00:00+00:00"), (4, "2026-03-05T05:00:00+00:00")]


def test_a_midnight_begins_its_day_also_when_the_clocks_change(settings_row: CompanySettings) -> None:
    located(settings_row, "Europe/Berlin")
    for day in (dt.date(2026, 3, 29), dt.date(2026, 3, 30), dt.date(2026, 10, 25), dt.date(2026, 10, 26)):
        begin = calendar.midnight(day)
        assert (calendar.today(begin), calendar.today(begin - dt.timedelta(seconds=1))) == (day, day - dt.timedelta(days=1))


def test_the_settings_are_asked_for_once_a_minute(settings_row: CompanySettings, django_assert_num_queries: object) -> None:
    calendar.forget()
    with django_assert_num_queries(2):  # type: ignore[operator]
        for _n in range(5):
            calendar.company()
            calendar.is_working_day(MONDAY)
    calendar.forget()
    with django_assert_num_queries(2):  # type: ignore[operator]
        calendar.company_zone()


def test_working_days_pass_over_weekends(settings_row: CompanySettings) -> None:
    friday, saturday = MONDAY + dt.timedelta(days=4), MONDAY + dt.timedelta(days=5)
    assert [calendar.is_working_day(MONDAY + dt.timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2
    assert calendar.add_working_days(friday, 0) == friday
    assert calendar.add_working_days(friday, 1) == MONDAY + dt.timedelta(days=7)
    assert calendar.add_working_days(saturday, 0) == MONDAY + dt.timedelta(days=7)
    assert calendar.add_working_days(saturday, 1) == MONDAY + dt.timedelta(days=7)
    assert calendar.add_working_days(MONDAY, 10) == MONDAY + dt.timedelta(days=14)


def test_public_holidays_are_free(settings_row: CompanySettings) -> None:
    good_friday = dt.date(2026, 4, 3)
    assert calendar.is_working_day(good_friday)
    located(settings_row, "UTC", "DE")
    assert not calendar.is_working_day(good_friday)
    assert calendar.add_working_days(dt.date(2026, 4, 2), 1) == dt.date(2026, 4, 7)
    located(settings_row, "UTC", "CN")
    assert not calendar.is_working_day(dt.date(2026, 10, 1))


def test_working_days_between_two_days(settings_row: CompanySettings) -> None:
    assert calendar.working_days_between(MONDAY, MONDAY) == 0
    assert calendar.working_days_between(MONDAY, MONDAY + dt.timedelta(days=7)) == 5
    assert calendar.working_days_between(MONDAY + dt.timedelta(days=7), MONDAY) == -5


@pytest.mark.django_db
@given(DAYS, st.integers(0, 40))
def test_adding_and_counting_agree(day: dt.date, count: int) -> None:
    end = calendar.add_working_days(day, count)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(day + dt.timedelta(days=1), end + dt.timedelta(days=1)) == (count or (0 if end == day else 1))


@pytest.mark.parametrize(("seen_on", "words"), [(dt.date(2026, 1, 2), "7 Jan"), (dt.date(2025, 12, 30), "7 Jan 2026")])
def test_a_day_of_another_year_is_said_with_it(seen_on: dt.date, words: str) -> None:
    assert calendar.month_day(dt.date(2026, 1, 7), seen_on) == words
