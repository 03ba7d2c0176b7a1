"""Stories of the company's calendar: its time zone, whose public holidays are free, and the days that differ from them."""

import datetime as dt
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar, policy, workdays
from organization.models import CalendarException, CompanySettings, Person
from organization.refusals import Refused


@transaction.atomic
def set_calendar(*, by: Person, time_zone: str, country: str, region: str) -> CompanySettings:
    """Another time zone, country or region, from this moment on; due dates that are set stay."""
    policy.insist(policy.may_manage(by))
    if time_zone not in available_timezones():
        raise Refused(_("There is no time zone “%(name)s”.") % {"name": time_zone})
    if country and country not in workdays.countries():
        raise Refused(_("The public holidays of “%(name)s” are not known.") % {"name": country})
    if region and region not in workdays.regions(country):
        raise Refused(_("This country has no region “%(name)s” with holidays of its own.") % {"name": region})
    settings = CompanySettings.objects.select_for_update().first() or CompanySettings()
    settings.time_zone, settings.holiday_country, settings.holiday_region = time_zone, country, region
    settings.save()
    transaction.on_commit(calendar.forget)
    return settings


@transaction.atomic
def add_exception(*, by: Person, day: dt.date, is_working: bool, name: str) -> CalendarException:
    """The company works, or rests, on a day on which the country does not."""
    policy.insist(policy.may_manage(by))
    if CalendarException.objects.filter(day=day).exists():
        raise Refused(_("There is an exception for this day already. Remove it first."))
    if calendar.is_working_day(day) == is_working:
        raise Refused(_("It is a working day already.") if is_working else _("It is a free day already."))
    made: CalendarException = CalendarException.objects.create(day=day, is_working=is_working, name=name)
    transaction.on_commit(calendar.forget)
    return made


@transaction.atomic
def remove_exception(exception: CalendarException, *, by: Person) -> None:
    """The day is again what the country's calendar says."""
    policy.insist(policy.may_manage(by))
    CalendarException.objects.get(pk=exception.pk).delete()
    transaction.on_commit(calendar.forget)
