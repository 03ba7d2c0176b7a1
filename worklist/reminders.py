"""The sweeper of reminders: what is due becomes notices, each once, however often and wherever it runs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from organization.calendar import company_zone, today
from organization.models import Person
from worklist.items import mark_reminded
from worklist.models import Notice, WorkItem
from worklist.notices import Message, tell_many
from worklist.plan import DUE, To
from worklist.plans import schedule_of
from worklist.recipients import Recipient, assigned, process_office, substitutes, superiors
from worklist.wording import Told, to_assignee, to_others

# Items of which kind, due day and last step are equal are at the same step today and move on by one UPDATE.
Group = tuple[str, dt.date, int]
# What stands for the subjects that a person may not read on a day: item id → text. An app above says it.
Hide = Callable[[Sequence[WorkItem], Person, dt.date], Mapping[int, str]]


def _nothing(_items: Sequence[WorkItem], _reader: Person, _day: dt.date) -> Mapping[int, str]:
    return {}


def run(now: dt.datetime, *, batch: int = 1000, hide: Hide = _nothing) -> int:
    """Reminds of what is due at this instant and says of how many items.

    A batch is one transaction that holds its items: notices and the move to the next reminder are there together or not at all.
    Those who hear of it because it is late read what `hide` leaves of its subject.
    """
    reminded = 0
    with timezone.override(company_zone()):
        while count := _remind_batch(now, batch, hide):
            reminded += count
    return reminded


@transaction.atomic
def _remind_batch(now: dt.datetime, batch: int, hide: Hide) -> int:
    due = WorkItem.objects.to_remind(now).order_by("next_reminder_at", "id").select_related("position")
    held = list(due.select_for_update(skip_locked=True, of=("self",))[:batch])
    if not held:
        return 0
    day = today(now)
    groups: dict[Group, list[WorkItem]] = defaultdict(list)
    for item in held:
        groups[item.kind, item.due_on, item.reminder_step].append(item)
    round_ = _Round(day, {group: schedule_of(group[0], group[1]).step_on(group[2], day) for group in groups}, hide)
    tell_many(round_.messages(held), now=now)
    return sum(mark_reminded(items, step=round_.steps[group], now=now) for group, items in groups.items())


class _Round:
    """One batch on one day: who is told of each item, each person once."""

    def __init__(self, day: dt.date, steps: Mapping[Group, int], hide: Hide) -> None:
        self.day, self.steps, self.hide = day, steps, hide
        self.reached = {group: schedule_of(group[0], group[1]).reached(step) for group, step in steps.items()}

    def messages(self, items: Sequence[WorkItem]) -> Iterator[Message]:
        """In the order of the items; of one item first to whoever acts."""
        assignees = assigned(items, self.day)
        others = self._others(items, assignees)
        late = [item for item in items if item.pk in others]
        before, hidden = _told_before(late), self._hidden(late, others)
        for item in items:
            step = self.steps[_group(item)]
            told = Told(item, self.day, item.subject, due=step >= DUE)
            acting = assignees.get(item.pk)
            who = acting.person if acting else None
            if acting:
                yield to_assignee(told, acting)
            for person, to in others.get(item.pk, {}).items():
                if person != who:
                    readable = replace(told, subject=hidden[person].get(item.pk, item.subject))
                    yield to_others(readable, to, person, who, before.get(item.pk, {}))

    def _others(self, items: Sequence[WorkItem], assignees: Mapping[int, Recipient]) -> dict[int, dict[Person, To]]:
        """Item id → who else hears of it and as what, nearest first, each as the highest that he or she is; nothing of most items."""
        asked = {to: [item for item in items if to in self.reached[_group(item)]] for to in To}
        found: dict[int, dict[Person, To]] = defaultdict(dict)
        for pk, person in substitutes(asked[To.SUBSTITUTE], assignees, self.day).items():
            found[pk][person] = To.SUBSTITUTE
        for pk, person in superiors(asked[To.SUPERIOR], assignees, self.day).items():
            found[pk][person] = To.SUPERIOR
        office = process_office(self.day) if asked[To.OFFICE] else []
        for item in asked[To.OFFICE]:
            found[item.pk] |= {person: To.OFFICE for person in office if person.pk not in item.excluded}
        return found

    def _hidden(self, late: Sequence[WorkItem], others: Mapping[int, Mapping[Person, To]]) -> dict[Person, Mapping[int, str]]:
        """Reader → item id → what stands for its subject; asked once for each reader."""
        read: dict[Person, list[WorkItem]] = defaultdict(list)
        for item in late:
            for person in others[item.pk]:
                read[person].append(item)
        return {person: self.hide(some, person, self.day) for person, some in read.items()}


def _group(item: WorkItem) -> Group:
    return item.kind, item.due_on, item.reminder_step


def _told_before(items: Sequence[WorkItem]) -> dict[int, dict[str, list[dt.date]]]:
    """Item id → name of each person reminded so far → the days, in order. One query; none where nobody else is told."""
    found: dict[int, dict[str, list[dt.date]]] = defaultdict(lambda: defaultdict(list))
    if not items:
        return found
    sent = Notice.objects.filter(work_item__in=[item.pk for item in items], key__startswith="item-").order_by("pk")
    for item, name, at in sent.values_list("work_item_id", "person__name", "created_at"):
        found[item][name].append(today(at))
    return found
