"""What happened to one work item, in the order of time, as the timeline shows it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from organization.calendar import company_zone
from worklist.models import Happening, Notice, WorkItem

REMINDERS = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline; `state` is done or now."""

    title: str
    detail: str
    state: str = "done"


def history(item: WorkItem) -> list[Entry]:
    """Raised, given, put off, reminded, done. At most the newest thirty reminders, by two queries."""
    happenings = [(each.at, _happening(each)) for each in item.happenings.select_related("by", "person")]
    sent = Notice.objects.filter(work_item=item, key__startswith=f"item-{item.pk}-").select_related("person").order_by("-pk")[:REMINDERS]
    reminders = [(each.created_at, Entry(_("Reminded: %(name)s") % {"name": each.person}, _moment(each.created_at))) for each in sent]
    middle = [entry for _at, entry in sorted([*happenings, *reminders], key=lambda each: each[0])]
    return [Entry(_("Raised"), _moment(item.raised_at)), *middle, *_end(item)]


def _end(item: WorkItem) -> list[Entry]:
    return [Entry(item.get_outcome_display(), _moment(item.closed_at))] if item.closed_at else []


def _happening(happening: Happening) -> Entry:
    what, words = happening.get_what_display(), {"what": happening.get_what_display(), "name": happening.person}
    if happening.person_id and happening.what in (Happening.What.GIVEN, Happening.What.HANDED_OVER):
        what = _("%(what)s %(name)s") % words
    if happening.until:
        what = _("%(what)s until %(day)s") % {"what": what, "day": date_format(happening.until)}
    detail = (_("by %(name)s") % {"name": happening.by}, _moment(happening.at), happening.reason)
    return Entry(what, " · ".join(filter(None, detail)))


def _moment(at: dt.datetime) -> str:
    return date_format(localtime(at, company_zone()), "DATETIME_FORMAT")
