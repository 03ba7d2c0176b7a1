"""The sweeper of reminders: what is due becomes notices, each once, however often and wherever it runs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.calendar import today, working_days_between
from organization.models import Person
from worklist.items import mark_reminded, schedule_of
from worklist.models import WorkItem
from worklist.notices import Message, tell_many
from worklist.recipients import Recipient, assigned, superiors

Groups = dict[tuple[str, dt.date, int], list[WorkItem]]


def run(now: dt.datetime, *, batch: int = 500) -> int:
    """Reminds of what is due at this instant and says of how many items.

    A batch is one transaction that holds its items: notices and the move to the next reminder are there together or not at all.
    """
    reminded = 0
    while count := _remind_batch(now, batch):
        reminded += count
    return reminded


@transaction.atomic
def _remind_batch(now: dt.datetime, batch: int) -> int:
    due = WorkItem.objects.to_remind(now).order_by("next_reminder_at", "id").select_related("position")
    held = list(due.select_for_update(skip_locked=True, of=("self",))[:batch])
    if not held:
        return 0
    steps = _steps(held, today(now))
    tell_many(_messages(held, steps, today(now)), now=now)
    groups: Groups = defaultdict(list)
    for item in held:
        groups[item.kind, item.due_on, item.reminder_step].append(item)
    return sum(mark_reminded(group, step=steps[group[0].pk], now=now) for group in groups.values())


def _steps(items: Sequence[WorkItem], day: dt.date) -> dict[int, int]:
    """Item id → the step of its plan that a reminder today is."""
    return {item.pk: schedule_of(item.kind, item.due_on).step_on(item.reminder_step, day) for item in items}


def _messages(items: Sequence[WorkItem], steps: dict[int, int], day: dt.date) -> Iterator[Message]:
    assignees = assigned(items, day)
    late = [item for item in items if schedule_of(item.kind, item.due_on).reaches_superior(steps[item.pk])]
    heads = superiors(late, assignees, day)
    for item in items:
        if item.pk in assignees:
            yield _to_assignee(item, assignees[item.pk], day)
        if item.pk in heads:
            yield _to_superior(item, heads[item.pk], assignees.get(item.pk), day)


def _key(item: WorkItem, person: Person) -> str:
    """The step by the day it was planned for, which no other step of the item shares, even when the due day is moved."""
    planned = today(item.next_reminder_at)
    return f"item-{item.pk}-{planned:%Y%m%d}-{person.pk}"


def _to_assignee(item: WorkItem, to: Recipient, day: dt.date) -> Message:
    words = _words(item.kind, item.due_on, today(item.raised_at), day, to.person.language)
    values = words.values | {"subject": item.subject, "reason": to.reason}
    body = words.body_with_reason if to.reason else words.body
    return Message(to.person, _key(item, to.person), words.subject % values, body % values, item.get_absolute_url(), item)


def _to_superior(item: WorkItem, person: Person, late: Recipient | None, day: dt.date) -> Message:
    words = _words(item.kind, item.due_on, today(item.raised_at), day, person.language)
    values = words.values | {"subject": item.subject, "person": late.person.name if late else ""}
    body = words.late_body if late else words.nobody_body
    return Message(person, _key(item, person), words.late_subject % values, body % values, item.get_absolute_url(), item)


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of a reminder in one language, and what goes into them for all items of one kind and day."""

    values: dict[str, str]
    subject: str
    body: str
    body_with_reason: str
    late_subject: str
    late_body: str
    nobody_body: str


@lru_cache(maxsize=1024)
def _words(kind: str, due_on: dt.date, raised_on: dt.date, day: dt.date, language: str) -> Words:
    """Kept, because thousands of items are raised together and due together."""
    with translation.override(language):
        return Words(
            values={
                "what": str(WorkItem.Kind(kind).label),
                "when": _when(due_on, day),
                "since": date_format(raised_on),
                "due": date_format(due_on),
            },
            subject=_("%(what)s: %(subject)s (%(when)s)"),
            body=_("This waits for you. It was raised on %(since)s and is due on %(due)s."),
            body_with_reason=_("This waits for you, %(reason)s. It was raised on %(since)s and is due on %(due)s."),
            late_subject=_("Overdue in your area: %(subject)s (%(when)s)"),
            late_body=_("%(person)s was reminded and has not acted. It was due on %(due)s."),
            nobody_body=_("Nobody can act on it: who should has left or may not decide. It was due on %(due)s."),
        )


def _when(due_on: dt.date, day: dt.date) -> str:
    if due_on > day:
        return _("due on %(day)s") % {"day": date_format(due_on, "MONTH_DAY_FORMAT")}
    if due_on == day:
        return _("due today")
    days = max(1, working_days_between(due_on, day))
    return ngettext("%(days)d working day overdue", "%(days)d working days overdue", days) % {"days": days}
