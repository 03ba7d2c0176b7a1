"""Working days on plain data: weekends and public holidays of a country, and local exceptions; counted by year and not day by day.

Holidays, weekends and the weekends that are worked instead (as in China) come from the library `holidays`.
"""

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

WEEKEND = frozenset({5, 6})
LANGUAGES = {"en": ("en_US", "en_GB"), "zh-hans": ("zh_CN",)}


@dataclass(frozen=True, slots=True)
class Rules:
    """Country and region as the library names them ("" for none), and (day, is it worked?) for each exception, by day."""

    country: str = ""
    region: str = ""
    exceptions: tuple[tuple[dt.date, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class PublicDay:
    """A weekday that is free, or a weekend that is worked, by the country's calendar."""

    day: dt.date
    name: str
    is_working: bool


def is_working_day(rules: Rules, day: dt.date) -> bool:
    """Whether this day is worked."""
    days = _of_year(rules, day.year)
    place = bisect_left(days, day.toordinal())
    return place < len(days) and days[place] == day.toordinal()


def add(rules: Rules, day: dt.date, count: int) -> dt.date:
    """The `count`th working day after the day; for 0 the day itself or the next working day. Years are passed over as a whole.

    Raises OverflowError at the end of the calendar.
    """
    days = _of_year(rules, day.year)
    place = bisect_right(days, day.toordinal()) + count - 1 if count else bisect_left(days, day.toordinal())
    year = day.year
    while place >= len(days):
        place -= len(days)
        year += 1
        if year > dt.MAXYEAR:
            raise OverflowError("no working day is left")
        days = _of_year(rules, year)
    return dt.date.fromordinal(days[place])


def between(rules: Rules, start: dt.date, end: dt.date) -> int:
    """Working days in [start, end); negative when `end` lies before `start`."""
    first, last = sorted((start, end))
    whole = sum(len(_of_year(rules, year)) for year in range(first.year, last.year))
    found = whole + _before(rules, last) - _before(rules, first)
    return found if start <= end else -found


def _before(rules: Rules, day: dt.date) -> int:
    """Working days of the day's year before the day."""
    return bisect_left(_of_year(rules, day.year), day.toordinal())


@lru_cache(maxsize=256)
def _of_year(rules: Rules, year: int) -> Sequence[int]:
    """The ordinals of all working days of the year, in order."""
    exceptions = dict(rules.exceptions)
    public = _public(rules.country, rules.region, "")
    first, after = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal() + 1
    days = (dt.date.fromordinal(n) for n in range(first, after))
    return tuple(day.toordinal() for day in days if exceptions.get(day, _is_worked(public, day)))


def _is_worked(public: holidays.HolidayBase | None, day: dt.date) -> bool:
    return day.weekday() not in WEEKEND if public is None else bool(public.is_working_day(day))


@lru_cache(maxsize=64)
def _public(country: str, region: str, language: str) -> holidays.HolidayBase | None:
    """The country's holidays; None without one, or where the library no longer knows it (a day is then a day like any other)."""
    try:
        return holidays.country_holidays(country, subdiv=region or None, language=language or None) if country else None
    except NotImplementedError:
        return None


def public_days(rules: Rules, year: int, language: str) -> list[PublicDay]:
    """What differs from the weekend's rhythm in this year, named in the language (such as "zh-hans") or in English."""
    public = _public(rules.country, rules.region, "")
    if public is None:
        return []
    named = _public(rules.country, rules.region, _readable(language, public))
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    free = {day: PublicDay(day, named.get(day) or "", is_working=False) for day in public[first : last + dt.timedelta(days=1)]}  # type: ignore[union-attr]
    worked = {day: PublicDay(day, "", is_working=True) for day in public.weekend_workdays if day.year == year}
    return [found for _day, found in sorted((free | worked).items())]


def _readable(language: str, public: holidays.HolidayBase) -> str:
    """The reader's language, else English, else the country's own."""
    offered = public.supported_languages
    return _closest(language, offered) or _closest("en", offered) or public.default_language or ""


def _closest(language: str, offered: Sequence[str]) -> str:
    """The library's name of a language: zh-hans → zh_CN, en → en_US; "" where it has none."""
    wanted = language.split("-", maxsplit=1)[0]
    names = [name for name in (*LANGUAGES.get(language, ()), *offered) if name in offered]
    return next((name for name in names if name.split("_")[0] == wanted), "")


def countries() -> Mapping[str, str]:
    """Code → name of every country whose holidays are known, by name."""
    named = {codes[0]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) for name, *codes in COUNTRIES.values()}
    return dict(sorted(named.items(), key=lambda item: item[1]))


def regions(country: str) -> Mapping[str, str]:
    """Code → name of the regions with holidays of their own, by name; none where there are none."""
    public = _public(country, "", "")
    if public is None:
        return {}
    aliases = {code: name for name, code in getattr(public, "subdivisions_aliases", {}).items()}
    return dict(sorted(((code, aliases.get(code, code)) for code in public.subdivisions), key=lambda item: item[1]))


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))
