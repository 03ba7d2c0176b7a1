"""The working calendar: everybody looks at it, administrators set it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization import policy, workdays, working_calendar
from organization.calendar import company, rules, today
from organization.forms import CalendarForm, ExceptionForm
from organization.models import CalendarException, CompanySettings
from organization.views.request import Page, carry_out, for_administrators, form_page, person_of


def calendar(request: HttpRequest) -> HttpResponse:
    """Time zone, holidays of this and next year, and the company's own exceptions."""
    return _shown(request, ExceptionForm())


@for_administrators
@require_POST
def add_exception(request: HttpRequest) -> HttpResponse:
    """A day that differs."""
    form = ExceptionForm(request.POST)
    if carry_out(request, form, lambda data: working_calendar.add_exception(by=person_of(request), **data)):
        messages.success(request, _("The day is in the calendar."))
        return redirect("organization:calendar")
    return _shown(request, form)


@for_administrators
@require_POST
def remove_exception(request: HttpRequest, exception: int) -> HttpResponse:
    """The day is again what the country says."""
    working_calendar.remove_exception(get_object_or_404(CalendarException, pk=exception), by=person_of(request))
    messages.success(request, _("The day is again what the country's calendar says."))
    return redirect("organization:calendar")


@for_administrators
def set_calendar(request: HttpRequest) -> HttpResponse:
    """Time zone, country, region; the regions offered are those of the country just chosen."""
    settings = company()
    chosen = request.POST.get("country", request.GET.get("country", settings.holiday_country))
    initial = {"time_zone": settings.time_zone, "country": chosen, "region": settings.holiday_region}
    form = CalendarForm(chosen, request.POST or None, initial=initial)

    def story(data: dict[str, Any]) -> CompanySettings:
        return working_calendar.set_calendar(by=person_of(request), **data)

    if carry_out(request, form, story):
        messages.success(request, _("The calendar is set. Due dates that were set before stay as they are."))
        return redirect("organization:calendar")
    lead = _("Due dates and ages count working days of this calendar.")
    return form_page(request, form, Page(_("Set the calendar"), _("Save"), reverse("organization:calendar"), lead=lead))


def _shown(request: HttpRequest, form: ExceptionForm) -> HttpResponse:
    settings, this_year = company(), today().year
    exceptions = list(CalendarException.objects.order_by("day"))
    language = get_language() or "en"
    context = {
        "settings": settings,
        "country": workdays.countries().get(settings.holiday_country, ""),
        "region": workdays.regions(settings.holiday_country).get(settings.holiday_region, ""),
        "years": [(year, workdays.public_days(rules(), year, language)) for year in (this_year, this_year + 1)],
        "differs": {exception.day for exception in exceptions},
        "exceptions": exceptions,
        "today": today(),
        "form": form,
        "may_manage": policy.may_manage(person_of(request)),
    }
    return render(request, "organization/calendar.html", context, status=422 if form.errors else 200)
