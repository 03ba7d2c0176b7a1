"""How long a completed course counts, and when it is time to renew it. Pure."""

import calendar
import datetime as dt
from typing import Final

WARNED: Final = (60, 30, 7)
"""Days before the last day on which somebody is told; with the first of them the renewal is owed."""


def last_day(day: dt.date, months: int | None) -> dt.date | None:
    """The last day that counts: the same day of the month so many months later, or the last one that this month has."""
    if months is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def warning(valid_until: dt.date, today: dt.date) -> int | None:
    """The latest of the warnings that is due; None where it is too early, or over."""
    left = (valid_until - today).days
    due = [days for days in WARNED if left <= days]
    return min(due) if due and left >= 0 else None
