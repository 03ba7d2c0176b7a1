"""Days: the company's time zone, today, and working days with public holidays."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.core.cache import cache
from django.utils import timezone

from organization.models.company import CompanySettings

CACHE_KEY = "company-calendar"
CACHE_SECONDS = 60


def company() -> CompanySettings:
    """The settings row, or unsaved defaults where nothing was set yet. Kept for a minute in the process."""
    found: CompanySettings | None = cache.get(CACHE_KEY)
    if found is None:
        found = CompanySettings.objects.first() or CompanySettings()
        cache.set(CACHE_KEY, found, CACHE_SECONDS)
    return found


def forget() -> None:
    """Called after the settings row changed."""
    cache.delete(CACHE_KEY)


def company_zone() -> ZoneInfo:
    """The zone in which days are counted."""
    return ZoneInfo(company().time_zone)


def today(now: dt.datetime | None = None) -> dt.date:
    """The company's date at this instant (default: the present)."""
    return (now or timezone.now()).astimezone(company_zone()).date()


def midnight(day: dt.date) -> dt.datetime:
    """The instant, in UTC, at which this day begins in the company's zone."""
    return dt.datetime.combine(day, dt.time(), company_zone()).astimezone(dt.UTC)


@lru_cache(maxsize=16)
def _holidays(country: str) -> holidays.HolidayBase | frozenset[dt.date]:
    return holidays.country_holidays(country) if country else frozenset()


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday and no public holiday of the company's country."""
    return day.weekday() < 5 and day not in _holidays(company().holiday_country)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The day that lies `count` ≥ 0 working days after `day`; 0 gives the day itself, or the next working day."""
    while count or not is_working_day(day):
        day += dt.timedelta(days=1)
        count -= 1 if count and is_working_day(day) else 0
    return day


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days in [start, end); negative when `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + dt.timedelta(days=n)) for n in range((end - start).days))
