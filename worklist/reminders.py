"""The sweeper of reminders: what is due becomes notices, each once, however often and wherever it runs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

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
    with translation.override(to.person.language):
        subject = _("%(what)s: %(subject)s (%(when)s)") % {
            "what": item.get_kind_display(),
            "subject": item.subject,
            "when": _when(item, day),
        }
        why = (
            _("This waits for you, %(reason)s. It was raised on %(since)s and is due on %(due)s.")
            if to.reason
            else _("This waits for you. It was raised on %(since)s and is due on %(due)s.")
        )
        body = why % {"reason": to.reason, "since": date_format(today(item.raised_at)), "due": date_format(item.due_on)}
    return Message(to.person, _key(item, to.person), subject, body, item.get_absolute_url(), item)


def _to_superior(item: WorkItem, person: Person, late: Recipient | None, day: dt.date) -> Message:
    with translation.override(person.language):
        subject = _("Overdue in your area: %(subject)s (%(when)s)") % {"subject": item.subject, "when": _when(item, day)}
        body = (
            _("%(person)s was reminded and has not acted. It was due on %(due)s.")
            if late
            else _("Nobody can act on it: who should has left or may not decide. It was due on %(due)s.")
        ) % {"person": late.person.name if late else "", "due": date_format(item.due_on)}
    return Message(person, _key(item, person), subject, body, item.get_absolute_url(), item)


def _when(item: WorkItem, day: dt.date) -> str:
    if item.due_on > day:
        return _("due on %(day)s") % {"day": date_format(item.due_on, "MONTH_DAY_FORMAT")}
    if item.due_on == day:
        return _("due today")
    days = max(1, working_days_between(item.due_on, day))
    return ngettext("%(days)d working day overdue", "%(days)d working days overdue", days) % {"days": days}
