"""Days: the company's time zone, today, and its working days."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format

from organization import workdays
from organization.models.company import CompanySettings
from organization.models.days import CalendarException
from organization.workdays import Rules

CACHE_KEY = "company-calendar"
RULES_KEY = "company-workdays"
CACHE_SECONDS = 60


def company() -> CompanySettings:
    """The settings row, or unsaved defaults where nothing was set yet. Kept for a minute in the process."""
    return cache.get(CACHE_KEY) or _read()[0]


def rules() -> Rules:
    """Whose public holidays are free, and the company's own exceptions. Kept together with the settings."""
    return cache.get(RULES_KEY) or _read()[1]


def _read() -> tuple[CompanySettings, Rules]:
    settings = CompanySettings.objects.first() or CompanySettings()
    exceptions = tuple(CalendarException.objects.order_by("day").values_list("day", "is_working"))
    found = Rules(settings.holiday_country, settings.holiday_region, exceptions)
    cache.set_many({CACHE_KEY: settings, RULES_KEY: found}, CACHE_SECONDS)
    return settings, found


def forget() -> None:
    """Called after the settings row or an exception changed."""
    cache.delete_many((CACHE_KEY, RULES_KEY))


def company_zone() -> ZoneInfo:
    """The zone in which days are counted."""
    return ZoneInfo(company().time_zone)


def today(now: dt.datetime | None = None) -> dt.date:
    """The company's date at this instant (default: the present)."""
    return (now or timezone.now()).astimezone(company_zone()).date()


def month_day(day: dt.date, seen_on: dt.date | None = None) -> str:
    """`23 Nov`; with its year where that is another than that of the day on which it is read (default: today)."""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == (seen_on or today()).year else "DATE_FORMAT")


def midnight(day: dt.date) -> dt.datetime:
    """The instant, in UTC, at which this day begins in the company's zone."""
    return dt.datetime.combine(day, dt.time(), company_zone()).astimezone(dt.UTC)


def is_working_day(day: dt.date) -> bool:
    """Whether the company works: no weekend and no public holiday of its country and region, unless an exception says otherwise."""
    return workdays.is_working_day(rules(), day)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The day that lies `count` ≥ 0 working days after `day`; 0 gives the day itself, or the next working day."""
    return workdays.add(rules(), day, count)


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days in [start, end); negative when `end` lies before `start`."""
    return workdays.between(rules(), start, end)
