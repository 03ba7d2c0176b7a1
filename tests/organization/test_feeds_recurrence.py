"""Repetitions of events: equal to what dateutil says, and no rule runs for ever."""

import datetime as dt
import time
from collections.abc import Iterable

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import vRecur

from organization.recurrence import Unsupported, days, rule

FIRST = dt.date(2026, 1, 5)
WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
NTH = st.builds(lambda n, day: f"{n}{day}", st.sampled_from(["1", "2", "-1"]), WEEKDAYS)
MONTHS = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)
MONTH_DAYS = st.lists(st.sampled_from([1, 2, 15, 28, -1, -3]), min_size=1, max_size=3, unique=True)


def listed(values: Iterable[object]) -> str:
    return ",".join(map(str, values))


UNTILS = st.integers(0, 500).map(lambda n: f"UNTIL={FIRST + dt.timedelta(days=n):%Y%m%d}")
ENDS = st.one_of(st.none(), UNTILS, st.integers(1, 30).map("COUNT={}".format))


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    months, month_days, ends, begin = (draw(st.none() | kind) for kind in (MONTHS, MONTH_DAYS, ENDS, WEEKDAYS))
    # Not both kinds in one rule: dateutil takes "MO,1MO" for the first Monday alone, RFC 5545 for every Monday.
    by_day = draw(st.sampled_from([NTH, WEEKDAYS])) if frequency in {"MONTHLY", "YEARLY"} else WEEKDAYS
    weekdays = draw(st.none() | st.lists(by_day, min_size=1, max_size=3)) if frequency != "YEARLY" or months else None
    parts = [
        f"FREQ={frequency};INTERVAL={draw(st.integers(1, 5))}",
        months and f"BYMONTH={listed(months)}",
        weekdays and f"BYDAY={listed(weekdays)}",
        month_days and frequency != "WEEKLY" and f"BYMONTHDAY={listed(month_days)}",
        ends,
        begin and f"WKST={begin}",
    ]
    return ";".join(filter(None, parts))


@given(rules(), st.integers(0, 400), st.integers(0, 200))
def test_repetitions_are_those_that_dateutil_finds(written: str, later: int, shift: int) -> None:
    first = FIRST + dt.timedelta(days=shift)
    since, before = first + dt.timedelta(days=later), first + dt.timedelta(days=later + 370)
    start = dt.datetime.combine(first, dt.time())
    known = rrulestr(written, dtstart=start)
    expected = [d.date() for d in known.between(dt.datetime.combine(since, dt.time()), dt.datetime.combine(before, dt.time()), inc=True)]
    assert list(days(rule(vRecur.from_ical(written)), first, since, before)) == [d for d in expected if d < before]


@pytest.mark.parametrize(
    "written",
    [
        "FREQ=SECONDLY", "FREQ=HOURLY;INTERVAL=1", "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;BYHOUR=3", "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYDAY=2MO", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(written: str) -> None:
    with pytest.raises(Unsupported):
        rule(vRecur.from_ical(written))


@pytest.mark.parametrize(
    "parts", [{}, {"FREQ": ["WEEKLY"], "BYDAY": ["XX"]}, {"FREQ": ["WEEKLY"], "WKST": ["XX"]}, {"FREQ": ["DAILY"], "INTERVAL": ["x"]}]
)
def test_what_is_no_rule_is_refused(parts: dict[str, list[object]]) -> None:
    with pytest.raises(Unsupported):
        rule(parts)


def test_a_count_from_long_ago_is_refused_and_other_rules_start_where_they_are_asked() -> None:
    since = dt.date(2026, 1, 1)
    assert len(list(days(rule({"FREQ": ["DAILY"]}), dt.date(1970, 1, 1), since, since + dt.timedelta(days=10)))) == 10
    with pytest.raises(Unsupported):
        list(days(rule({"FREQ": ["DAILY"], "COUNT": [5]}), dt.date(1970, 1, 1), since, since + dt.timedelta(days=10)))


def test_a_rule_that_never_fits_ends_soon() -> None:
    """dateutil goes on to the year 9999."""
    never = rule({"FREQ": ["DAILY"], "BYMONTH": [2], "BYMONTHDAY": [30]})
    started = time.process_time()
    assert list(days(never, FIRST, FIRST, FIRST + dt.timedelta(days=366))) == []
    assert time.process_time() - started < 1


def test_every_monday_and_the_first_monday_is_every_monday() -> None:
    both = rule(vRecur.from_ical("FREQ=MONTHLY;BYDAY=MO,1MO"))
    assert [d.day for d in days(both, FIRST, FIRST, dt.date(2026, 2, 1))] == [5, 12, 19, 26]


def test_what_was_before_the_window_counts_and_is_not_given() -> None:
    of = rule(vRecur.from_ical("FREQ=DAILY;COUNT=5"))
    since = FIRST + dt.timedelta(days=3)
    assert list(days(of, FIRST, since, FIRST + dt.timedelta(days=30))) == [since, since + dt.timedelta(days=1)]
