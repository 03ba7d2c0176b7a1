"""Raising, settling and moving work items: the only module that changes their state."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, QuerySet, Value, When

from organization.calendar import company_zone, is_working_day, today
from organization.models import Absence, Person, Position
from organization.phrases import Phrase
from worklist import pauses
from worklist.models import Happening, WorkItem
from worklist.plan import NONE
from worklist.plans import schedule_of

BATCH = 500
MANY = 5_000
"""Rows of one statement that writes rows which nobody reads."""
TABLE, PEOPLE = WorkItem._meta.db_table, Person._meta.db_table
# Owed by a person and never by somebody else; the due day waits while the person is away.
PAUSING = (WorkItem.Kind.READ, WorkItem.Kind.ASSESS, WorkItem.Kind.TRAIN)
Absences = Mapping[int, Sequence[pauses.Interval]]
# Reminders come in the morning of the company's day.
MORNING = dt.time(8)


@dataclass(frozen=True, slots=True)
class NewItem:
    """What `raise_items` takes: either `position_id` or `person_id` is set; `url_args` are the arguments of `reverse`."""

    kind: str
    subject: str | Phrase
    url_name: str
    url_args: Sequence[str | int]
    due_on: dt.date
    source_key: str
    position_id: int | None = None
    person_id: int | None = None
    excluded: Collection[int] = ()

    def __post_init__(self) -> None:
        """Asked here, because an insert that ignores conflicts would pass over a broken constraint in silence."""
        if (self.position_id is None) == (self.person_id is None):
            raise ValueError("a work item is owed by one position or by one person")
        if self.kind == WorkItem.Kind.READ and self.person_id is None:
            raise ValueError("reading is owed by a person")


def raise_item(
    *,
    kind: str,
    subject: str | Phrase,
    url_name: str,
    url_args: Sequence[str | int],
    due_on: dt.date,
    source_key: str,
    now: dt.datetime,
    position: Position | None = None,
    person: Person | None = None,
    excluded: Collection[int] = (),
) -> WorkItem:
    """One item; with a `source_key` that was raised before, the item that is there, open or closed, unchanged."""
    new = NewItem(
        kind,
        subject,
        url_name,
        url_args,
        due_on,
        source_key,
        position_id=position.pk if position else None,
        person_id=person.pk if person else None,
        excluded=excluded,
    )
    return raise_items([new], now=now)[0]


def raise_items(new: Sequence[NewItem], *, now: dt.datetime) -> list[WorkItem]:
    """The items of these source keys in the order given; those that were not there are raised. Safe to run twice and side by side."""
    raised: list[WorkItem] = []
    for start in range(0, len(new), BATCH):
        raised += _raise(new[start : start + BATCH], now)
    return raised


@transaction.atomic
def _raise(new: Sequence[NewItem], now: dt.datetime) -> list[WorkItem]:
    away = _absences({one.person_id for one in new if one.person_id and one.kind in PAUSING})
    WorkItem.objects.bulk_create((_row(one, now, away) for one in new), ignore_conflicts=True)
    keys = [one.source_key for one in new]
    found = {item.source_key: item for item in WorkItem.objects.filter(source_key__in=keys)}
    return [found[key] for key in keys]


def _row(new: NewItem, now: dt.datetime, away: Absences) -> WorkItem:
    pausing = away.get(new.person_id or 0, ()) if new.kind in PAUSING else ()
    due_on = pauses.due_day(today(now), new.due_on, pausing, is_working_day)
    return WorkItem(
        kind=new.kind,
        subject=new.subject,
        url_name=new.url_name,
        url_args=list(new.url_args),
        position_id=new.position_id,
        person_id=new.person_id,
        excluded=sorted(new.excluded),
        raised_at=now,
        due_on=due_on,
        planned_due_on=new.due_on,
        source_key=new.source_key,
        next_reminder_at=_morning_after(new.kind, due_on, NONE, now),
    )


def raise_for(people: Collection[int], one: NewItem, *, now: dt.datetime) -> None:
    """An item like this one for each of these people; its `source_key` is a beginning to which the person's id is added.

    By one statement for a batch of people, whose rows are not read; who is away has another due day and goes one by one.
    Safe to run twice and side by side.
    """
    away = {person for person, days in _absences(people).items() if days} if one.kind in PAUSING else set()
    raise_items([replace(one, person_id=person, source_key=f"{one.source_key}{person}") for person in sorted(away)], now=now)
    row, present = _row(one, now, {}), sorted(set(people) - away)
    given = [field for field in WorkItem._meta.concrete_fields if field.name not in {"id", "person", "source_key"}]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in given]
    columns, blanks = ", ".join(connection.ops.quote_name(str(field.column)) for field in given), ", ".join(["%s"] * len(given))
    for start in range(0, len(present), MANY):
        some = present[start : start + MANY]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} ({columns}, person_id, source_key) "  # noqa: S608 — names are ours
                f"SELECT {blanks}, p.id, %s || p.id FROM {PEOPLE} p WHERE p.id IN ({', '.join(['%s'] * len(some))}) "
                "ON CONFLICT (source_key) DO NOTHING",
                [*values, one.source_key, *some],
            )


def settle(item: WorkItem, *, outcome: str, now: dt.datetime) -> bool:
    """Closes the item. False, and nothing changes, when it was closed before."""
    if not _close([item.pk], outcome, now):
        item.refresh_from_db(fields=("closed_at", "outcome", "next_reminder_at"))
        return False
    item.closed_at, item.outcome, item.next_reminder_at = now, outcome, None
    return True


def withdraw(item: WorkItem, *, now: dt.datetime) -> bool:
    """Closes the item because it is no longer needed. False when it was closed before."""
    return settle(item, outcome=WorkItem.Outcome.MOOT, now=now)


def withdraw_many(item_ids: Sequence[int], *, now: dt.datetime) -> int:
    """Withdraws those of these items that are open; says how many."""
    return _close_many(item_ids, WorkItem.Outcome.MOOT, now)


def finish_many(item_ids: Sequence[int], *, now: dt.datetime) -> int:
    """Those of these items that are open are done; says how many."""
    return _close_many(item_ids, WorkItem.Outcome.DONE, now)


def close_all(owed: QuerySet[Any], done: Collection[int], *, now: dt.datetime) -> int:
    """Closes what is open of the items that the query `owed` yields: those with these ids are done, the others no longer needed."""
    outcome = Case(When(pk__in=done, then=Value(WorkItem.Outcome.DONE)), default=Value(WorkItem.Outcome.MOOT))
    return WorkItem.objects.open().filter(pk__in=owed).update(closed_at=now, outcome=outcome, next_reminder_at=None)


def reopen_many(item_ids: Sequence[int], *, due_on: dt.date, now: dt.datetime) -> int:
    """Those of these items that were withdrawn are owed again from now on, due on this day; what was done stays done. Says how many."""
    moot = WorkItem.objects.filter(pk__in=item_ids, outcome=WorkItem.Outcome.MOOT)
    people = set(moot.filter(kind__in=PAUSING, person__isnull=False).values_list("person", flat=True))
    kinds = set(moot.values_list("kind", flat=True))
    reopened = sum(
        moot.filter(kind=kind).update(
            closed_at=None,
            outcome="",
            raised_at=now,
            due_on=due_on,
            planned_due_on=due_on,
            reminder_step=NONE,
            next_reminder_at=_morning_after(kind, due_on, NONE, now),
        )
        for kind in kinds
    )
    pause_for(people, now=now)
    return reopened


def pause_for(person_ids: Collection[int], *, now: dt.datetime) -> int:
    """Brings the due days of what these people owe in person to their absences, with new reminders; says how many moved.

    Safe to run twice and side by side. An absence that is cancelled gives the planned day back.
    """
    return sum(_pause(person, away, now) for person, away in _absences(person_ids, also_without=True).items())


@transaction.atomic
def _pause(person: int, away: Sequence[pauses.Interval], now: dt.datetime) -> int:
    owed = WorkItem.objects.open().filter(person=person, kind__in=PAUSING).select_for_update()
    moved: dict[tuple[str, dt.date], list[int]] = {}
    for item in owed.order_by("pk"):
        due_on = pauses.due_day(today(item.raised_at), item.planned_due_on, away, is_working_day)
        if due_on != item.due_on:
            moved.setdefault((item.kind, due_on), []).append(item.pk)
    for (kind, due_on), keys in moved.items():
        again = _morning_after(kind, due_on, NONE, now)
        for start in range(0, len(keys), BATCH):
            some = WorkItem.objects.filter(pk__in=keys[start : start + BATCH])
            some.update(due_on=due_on, reminder_step=NONE, next_reminder_at=again)
    return sum(len(keys) for keys in moved.values())


def _absences(person_ids: Collection[int], *, also_without: bool = False) -> Absences:
    """Person id → the days on which he or she is away; of people without absences too where that is asked for."""
    found: dict[int, list[pauses.Interval]] = {person: [] for person in person_ids} if also_without else {}
    if person_ids:
        rows = Absence.objects.filter(person__in=person_ids).values_list("person", "starts_on", "ends_before")
        for person, starts_on, ends_before in rows:
            found.setdefault(person, []).append((starts_on, ends_before))
    return found


def _close_many(item_ids: Sequence[int], outcome: str, now: dt.datetime) -> int:
    return sum(_close(item_ids[start : start + BATCH], outcome, now) for start in range(0, len(item_ids), BATCH))


def _close(item_ids: Sequence[int], outcome: str, now: dt.datetime) -> int:
    return WorkItem.objects.open().filter(pk__in=item_ids).update(closed_at=now, outcome=outcome, next_reminder_at=None)


def reschedule(item: WorkItem, *, due_on: dt.date, now: dt.datetime) -> bool:
    """Moves the due day of an open item and starts its reminders anew. False when it is closed or due that day already."""
    moved = (
        WorkItem.objects.open()
        .filter(pk=item.pk)
        .exclude(due_on=due_on)
        .update(due_on=due_on, planned_due_on=due_on, reminder_step=NONE, next_reminder_at=_morning_after(item.kind, due_on, NONE, now))
    )
    item.refresh_from_db(fields=("due_on", "reminder_step", "next_reminder_at"))
    return moved == 1


def give(item: WorkItem, to: Person | None, *, what: str, by: Person, reason: str, now: dt.datetime) -> bool:
    """Has this person do an open item for its position (None: the position again) and writes down who decided so and why.

    False, and nothing changes, when it is closed. Who may is asked by the stories that call this.
    """
    given = WorkItem.objects.open().filter(pk=item.pk, position__isnull=False).update(assigned_to=to)
    if given:
        Happening.objects.create(item=item, what=what, by=by, person=to, reason=reason, at=now)
        item.refresh_from_db(fields=("assigned_to",))
    return given == 1


def mark(item: WorkItem, *, urgent: bool, by: Person, reason: str, now: dt.datetime) -> bool:
    """An open item is urgent, or not any more, and it is written down who said so. False where nothing changes."""
    priority = WorkItem.Priority.HIGH if urgent else WorkItem.Priority.NORMAL
    marked = WorkItem.objects.open().filter(pk=item.pk).exclude(priority=priority).update(priority=priority)
    if marked:
        what = Happening.What.RAISED if urgent else Happening.What.LOWERED
        Happening.objects.create(item=item, what=what, by=by, reason=reason, at=now)
        item.refresh_from_db(fields=("priority",))
    return marked == 1


def mark_reminded(items: Sequence[WorkItem], *, step: int, now: dt.datetime) -> int:
    """Moves items of one kind, due day and earlier step on to their next reminder, if they still wait; says how many."""
    first = items[0]
    return (
        WorkItem.objects.to_remind(now)
        .filter(pk__in=[item.pk for item in items], due_on=first.due_on, reminder_step=first.reminder_step)
        .update(reminder_step=step, next_reminder_at=_morning_after(first.kind, first.due_on, step, now))
    )


def _morning_after(kind: str, due_on: dt.date, sent: int, now: dt.datetime) -> dt.datetime:
    day = schedule_of(kind, due_on).next_day(sent, today(now))
    return dt.datetime.combine(day, MORNING, company_zone()).astimezone(dt.UTC)
