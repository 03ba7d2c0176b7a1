"""The words of a reminder: to whoever acts, and to those who hear of it because it is late, with what was sent before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.calendar import month_day, working_days_between
from organization.models import Person
from organization.phrases import Phrase
from organization.sentences import in_a_row
from worklist.models import WorkItem
from worklist.notices import Message
from worklist.plan import To
from worklist.recipients import Recipient

# Name of a person → the days on which he or she was reminded of one item.
Before = Mapping[str, Sequence[dt.date]]


@dataclass(frozen=True, slots=True)
class Told:
    """An item of which people are told on a day; `subject` is what they may read of it, `due`: it is due or late."""

    item: WorkItem
    day: dt.date
    subject: str | Phrase
    due: bool

    def message(self, person: Person, subject: str, body: str) -> Message:
        """Its key names the step by the day it was planned for, which no other step of the item shares, even when the due day is moved."""
        item = self.item
        planned = timezone.localtime(item.next_reminder_at)
        key = f"item-{item.pk}-{planned.year}{planned.month:02}{planned.day:02}-{person.pk}"
        return Message(person, key, subject, body, _address(item.url_name, tuple(item.url_args)), item, item.kind, self.due)

    def words(self, language: str) -> "Words":
        """In the language of the reader."""
        item = self.item
        return _words(item.kind, item.due_on, timezone.localtime(item.raised_at).date(), self.day, language)


def to_assignee(told: Told, to: Recipient) -> Message:
    """To whoever acts for the item today."""
    words = told.words(to.person.language)
    body = words.body_with_reason % {"reason": to.reason} if to.reason else words.body
    with translation.override(to.person.language):
        subject = words.subject.replace("%s", str(told.subject), 1)
    return told.message(to.person, subject, body)


def to_others(told: Told, to: To, person: Person, late: Person | None, before: Before) -> Message:
    """To somebody who hears of it because it is late: why this person, and what was sent before. `late` is who should have acted."""
    with translation.override(person.language):
        words = told.words(person.language)
        because = {
            To.SUBSTITUTE: _("You are told because you stand next in line for it."),
            To.SUPERIOR: _("You are told because it lies in your area."),
            To.OFFICE: _("You are told because you hold the process office."),
        }[to]
        happened = words.late_body % {"person": late.name} if late else words.nobody_body
        body = in_a_row((happened, because, said_before(before)))
        subject = words.late_subjects[to].replace("%s", str(told.subject), 1)
    return told.message(person, subject, body)


def said_before(before: Before) -> str:
    """Who was reminded how often and when last, in the language that is on; "" for nobody."""
    people = [
        ngettext("%(name)s on %(day)s", "%(name)s %(count)d times, last on %(day)s", len(days))
        % {"name": name, "count": len(days), "day": date_format(days[-1], "MONTH_DAY_FORMAT")}
        for name, days in before.items()
    ]
    return _("Reminded so far: %(people)s.") % {"people": "; ".join(people)} if people else ""


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of all items of one kind and day in one language; "%s" in a subject stands for that of the item."""

    subject: str
    body: str
    body_with_reason: str
    late_subjects: Mapping[To, str]
    late_body: str
    nobody_body: str


@lru_cache(maxsize=1024)
def _words(kind: str, due_on: dt.date, raised_on: dt.date, day: dt.date, language: str) -> Words:
    """Kept, because thousands of items are raised together and due together."""
    with translation.override(language):
        known = {"what": str(WorkItem.Kind(kind).label), "when": _when(due_on, day), "subject": "%s"}
        days = {"since": date_format(raised_on), "due": date_format(due_on)}
        return Words(
            subject=_("%(what)s: %(subject)s (%(when)s)") % known,
            body=_("This waits for you. It was raised on %(since)s and is due on %(due)s.") % days,
            body_with_reason=_("This waits for you, %(reason)s. It was raised on %(since)s and is due on %(due)s.")
            % {**days, "reason": "%(reason)s"},
            late_subjects={
                To.SUBSTITUTE: _("Overdue and you are next in line: %(subject)s (%(when)s)") % known,
                To.SUPERIOR: _("Overdue in your area: %(subject)s (%(when)s)") % known,
                To.OFFICE: _("Overdue and nobody has acted: %(subject)s (%(when)s)") % known,
            },
            late_body=_("%(person)s was reminded and has not acted. It was due on %(due)s.") % {**days, "person": "%(person)s"},
            nobody_body=_("Nobody can act on it: who should has left or may not decide. It was due on %(due)s.") % days,
        )


@lru_cache(maxsize=4096)
def _address(url_name: str, url_args: tuple[str | int, ...]) -> str:
    """Where it is done; thousands who read the same document are led to one page."""
    try:
        return reverse(url_name, args=url_args)
    except NoReverseMatch:
        return ""


def _when(due_on: dt.date, day: dt.date) -> str:
    if due_on > day:
        return _("due on %(day)s") % {"day": month_day(due_on, day)}
    if due_on == day:
        return _("due today")
    days = max(1, working_days_between(due_on, day))
    return ngettext("%(days)d working day overdue", "%(days)d working days overdue", days) % {"days": days}
