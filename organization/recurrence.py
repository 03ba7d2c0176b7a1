"""On which days an event of a calendar recurs (RFC 5545, 3.3.10), asked day by day, so that no rule can run for ever. Pure."""

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"})
LONGEST = dt.timedelta(days=3660)
"""A rule that began earlier is not counted from its beginning."""
DAY = dt.timedelta(days=1)


class Unsupported(Exception):
    """A rule that is not understood: nothing of the event is taken. The message names the part of the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that is understood. `weekdays` are (nth or 0 for each, weekday from Monday = 0); `until` is the last day."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: dt.date | None = None
    weekdays: frozenset[tuple[int, int]] = frozenset()
    month_days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    week_begins: int = 0


def rule(parts: Mapping[str, list[object]]) -> Rule:
    """From the parts as the icalendar library gives them. Raises Unsupported."""
    given = {str(name).upper(): values for name, values in parts.items()}
    if strange := set(given) - PARTS:
        raise Unsupported(", ".join(sorted(strange)))
    frequency = str(given.get("FREQ", [""])[0]).upper()
    if frequency not in FREQUENCIES:
        raise Unsupported(f"FREQ={frequency}")
    until = given.get("UNTIL", [None])[0]
    try:
        found = Rule(
            frequency,
            _number(given.get("INTERVAL", [1])[0]),
            _number(given["COUNT"][0]) if "COUNT" in given else None,
            until.date() if isinstance(until, dt.datetime) else until if isinstance(until, dt.date) else None,
            frozenset(_weekday(str(word)) for word in given.get("BYDAY", [])),
            frozenset(int(str(number)) for number in given.get("BYMONTHDAY", [])),
            frozenset(int(str(number)) for number in given.get("BYMONTH", [])),
            WEEKDAYS.index(str(given.get("WKST", ["MO"])[0]).upper()),
        )
    except ValueError as error:
        raise Unsupported(str(error)) from error
    return _understood(found)


def _number(value: object) -> int:
    number = int(str(value))
    if number < 1:
        raise ValueError(str(value))
    return number


def _weekday(word: str) -> tuple[int, int]:
    """`MO` or `-1FR`."""
    return int(word[:-2] or 0), WEEKDAYS.index(word[-2:].upper())


def _understood(found: Rule) -> Rule:
    nth = any(number for number, _weekday in found.weekdays)
    if nth and found.frequency in {"DAILY", "WEEKLY"}:
        raise Unsupported("BYDAY")
    if found.frequency == "YEARLY" and found.weekdays and not found.months:
        raise Unsupported("BYDAY without BYMONTH")
    if found.frequency == "WEEKLY" and found.month_days:
        raise Unsupported("BYMONTHDAY")
    return found


def days(of: Rule, first: dt.date, since: dt.date, before: dt.date) -> Iterator[dt.date]:
    """The days in [since, before) on which an event recurs whose first day is `first`. Raises Unsupported where it began too long ago."""
    if of.count is not None and since - first > LONGEST:
        raise Unsupported("COUNT")
    last = min(before - DAY, of.until) if of.until else before - DAY
    day = first if of.count is not None else max(first, since)
    left = of.count if of.count is not None else (last - day).days + 1
    while day <= last and left > 0:
        if _recurs(of, first, day):
            left -= 1
            if day >= since:
                yield day
        day += DAY


def _recurs(of: Rule, first: dt.date, day: dt.date) -> bool:
    if of.months and day.month not in of.months:
        return False
    return {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[of.frequency](of, first, day)


def _daily(of: Rule, first: dt.date, day: dt.date) -> bool:
    weekday_fits = not of.weekdays or (0, day.weekday()) in of.weekdays
    return (day - first).days % of.interval == 0 and weekday_fits and (not of.month_days or _month_day(of, day))


def _weekly(of: Rule, first: dt.date, day: dt.date) -> bool:
    weeks = (_week(of, day) - _week(of, first)).days // 7
    weekdays = of.weekdays or {(0, first.weekday())}
    return weeks % of.interval == 0 and (0, day.weekday()) in weekdays


def _week(of: Rule, day: dt.date) -> dt.date:
    return day - dt.timedelta(days=(day.weekday() - of.week_begins) % 7)


def _monthly(of: Rule, first: dt.date, day: dt.date) -> bool:
    months = (day.year - first.year) * 12 + day.month - first.month
    return months % of.interval == 0 and _within_month(of, first, day)


def _yearly(of: Rule, first: dt.date, day: dt.date) -> bool:
    month_fits = bool(of.months) or day.month == first.month or bool(of.month_days)
    return (day.year - first.year) % of.interval == 0 and month_fits and _within_month(of, first, day)


def _within_month(of: Rule, first: dt.date, day: dt.date) -> bool:
    if not of.month_days and not of.weekdays:
        return day.day == first.day
    return (not of.month_days or _month_day(of, day)) and (not of.weekdays or _nth_weekday(of, day))


def _month_day(of: Rule, day: dt.date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    return day.day in of.month_days or day.day - length - 1 in of.month_days


def _nth_weekday(of: Rule, day: dt.date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    nth, nth_last = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
    return any((number, day.weekday()) in of.weekdays for number in (0, nth, nth_last))
