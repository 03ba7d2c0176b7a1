"""Words about states and days, for the badge and the due chip."""

import datetime as dt
from dataclasses import dataclass

from django import template
from django.forms import BoundField, Form
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from organization.calendar import month_day, working_days_between
from organization.calendar import today as company_today
from organization.sentences import in_a_row, listed

register = template.Library()
SOON = 2  # working days before the due day on which the chip turns amber
STATE_WORDS = {
    "draft": gettext_lazy("Draft"),
    "in_review": gettext_lazy("In review"),
    "approved": gettext_lazy("Approved"),
    "effective": gettext_lazy("Effective"),
    "superseded": gettext_lazy("Superseded"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "overdue": gettext_lazy("Overdue"),
    "ok": gettext_lazy("On target"),
    "warn": gettext_lazy("Watch"),
    "bad": gettext_lazy("Off target"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due day in words, and the tone of its chip: bad (overdue), warn (soon) or neutral."""

    words: str
    tone: str


@register.filter
def short_day(day: dt.date, seen_on: dt.date | None = None) -> str:
    """`Mon 23 Nov`; in Chinese `11月23日 周一`; with the year where it is another one than today's."""
    this_year = day.year == (seen_on or company_today()).year
    return date_format(day, pgettext("day format", "D j M") if this_year else pgettext("day format", "D j M Y"))


register.filter(in_a_row)
register.filter(listed)
register.filter(month_day)


@register.filter
def as_shown(form: Form) -> list[BoundField]:
    """The fields in the order of the page: those that confirm a signature stand last, whichever class declares them."""
    return sorted(form, key=lambda one: getattr(one.field, "confirms", False))


@register.filter
def state_word(state: str) -> str:
    """The word of a state for the status badge."""
    return str(STATE_WORDS.get(state) or _("Not known"))


@register.simple_tag
def due(due_on: dt.date, today: dt.date | str | None = None) -> Due:
    """What the chip says about `due_on`; without `today`, the company's day."""
    now = today if isinstance(today, dt.date) else company_today()
    left = working_days_between(now, due_on)
    if due_on < now:
        return Due(_overdue(due_on, -left, now), "bad")
    if due_on == now:
        return Due(_("due today"), "warn")
    return Due(_("due %(day)s") % {"day": short_day(due_on, now)}, "warn" if left <= SOON else "neutral")


def _overdue(due_on: dt.date, days: int, now: dt.date) -> str:
    if days == 0:  # due on a day off, and no working day has passed since
        return _("was due %(day)s") % {"day": short_day(due_on, now)}
    words = ngettext("%(days)d working day overdue (%(day)s)", "%(days)d working days overdue (%(day)s)", days)
    return words % {"days": days, "day": short_day(due_on, now)}
