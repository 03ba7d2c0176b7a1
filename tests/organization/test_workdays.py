"""Working days by year equal those that are counted day by day; countries and regions are those that the library knows."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organization import workdays
from organization.workdays import PublicDay, Rules

DAYS = st.dates(min_value=dt.date(2019, 6, 1), max_value=dt.date(2031, 6, 30))
PLACES = st.sampled_from((("", ""), ("DE", ""), ("DE", "BY"), ("CN", ""), ("AE", ""), ("XX", ""), ("DE", "ZZ")))
EXCEPTIONS = st.dictionaries(DAYS, st.booleans(), max_size=6).map(lambda days: tuple(sorted(days.items())))
ALL_RULES = st.builds(lambda place, exceptions: Rules(*place, exceptions), PLACES, EXCEPTIONS)
unhurried = settings(deadline=None)


@unhurried
@given(ALL_RULES, DAYS, st.integers(0, 600))
def test_adding_equals_going_day_by_day(rules: Rules, day: dt.date, count: int) -> None:
    current, left = day, count
    while left or not workdays.is_working_day(rules, current):
        current += dt.timedelta(days=1)
        left -= 1 if left and workdays.is_working_day(rules, current) else 0
    assert workdays.add(rules, day, count) == current


@unhurried
@given(ALL_RULES, DAYS, st.integers(-900, 900))
def test_counting_equals_counting_day_by_day(rules: Rules, start: dt.date, length: int) -> None:
    end = start + dt.timedelta(days=length)
    first, last = min(start, end), max(start, end)
    counted = sum(workdays.is_working_day(rules, first + dt.timedelta(days=n)) for n in range((last - first).days))
    assert workdays.between(rules, start, end) == (counted if length >= 0 else -counted)


@unhurried
@given(ALL_RULES)
def test_an_exception_has_the_last_word(rules: Rules) -> None:
    assert all(workdays.is_working_day(rules, day) == works for day, works in rules.exceptions)


def test_weekends_holidays_and_worked_weekends_are_the_countrys() -> None:
    def works(country: str, *day: int, region: str = "") -> bool:
        return workdays.is_working_day(Rules(country, region), dt.date(*day))

    assert (works("", 2026, 10, 1), works("CN", 2026, 10, 1), works("DE", 2026, 10, 1)) == (True, False, True)
    assert (works("", 2026, 2, 14), works("CN", 2026, 2, 14)) == (False, True), "a Saturday that is worked in China"
    assert (works("DE", 2026, 1, 6), works("DE", 2026, 1, 6, region="BY")) == (True, False), "Epiphany is free in Bavaria"
    assert (works("AE", 2026, 3, 6), works("IL", 2026, 3, 6)) == (True, False), "a Friday"


def test_a_calendar_without_working_days_ends() -> None:
    with pytest.raises(OverflowError):
        workdays.add(Rules(), dt.date(9999, 12, 31), 1)


def test_the_list_of_a_year_is_named_in_the_readers_language() -> None:
    chinese = workdays.public_days(Rules("CN"), 2026, "zh-hans")
    assert PublicDay(dt.date(2026, 10, 1), "国庆节", is_working=False) in chinese
    assert PublicDay(dt.date(2026, 2, 14), "", is_working=True) in chinese
    assert [d.day for d in chinese] == sorted(d.day for d in chinese)
    assert {d.day.year for d in chinese} == {2026}
    assert "German Unity Day" in [d.name for d in workdays.public_days(Rules("DE"), 2026, "en")]
    assert "German Unity Day" in [d.name for d in workdays.public_days(Rules("DE"), 2026, "zh-hans")], (
        "English where the language is not known"
    )
    assert workdays.public_days(Rules(), 2026, "en") == []


def test_what_can_be_chosen() -> None:
    assert {"CN": "China", "DE": "Germany", "GB": "United Kingdom"}.items() <= workdays.countries().items()
    assert workdays.regions("DE")["BY"] == "Bayern"
    assert (workdays.regions(""), workdays.regions("XX")) == ({}, {})
    for code in workdays.countries():
        assert workdays.public_days(Rules(code), 2026, "en") is not None
