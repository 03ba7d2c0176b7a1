"""Months and quarters as half-open periods of dates. Pure."""

import datetime as dt
from collections.abc import Iterator


def month_of(day: dt.date) -> dt.date:
    """First day of the month."""
    return day.replace(day=1)


def next_month(first: dt.date) -> dt.date:
    """First day of the month after."""
    return (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def months_before(day: dt.date, count: int) -> list[dt.date]:
    """First days of the `count` complete months before this day's month, oldest first."""
    index = day.year * 12 + day.month - 1
    return [dt.date((index - n) // 12, (index - n) % 12 + 1, 1) for n in range(count, 0, -1)]


def months(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """First days of the months from `start`'s to before `end`'s."""
    month, last = month_of(start), month_of(end)
    while month < last:
        yield month
        month = next_month(month)


def quarter_of(day: dt.date) -> dt.date:
    """First day of the quarter."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def last_quarter(day: dt.date) -> dt.date:
    """First day of the last complete quarter before this day's."""
    return quarter_of(quarter_of(day) - dt.timedelta(days=1))


def quarter_number(first: dt.date) -> int:
    """1 to 4."""
    return (first.month - 1) // 3 + 1
