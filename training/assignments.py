"""Brings readings to the state they should be in: everybody in the audience owes the newest approved revision, nobody else does."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from organization.calendar import add_working_days, today
from organization.models import Person
from processes.models import Process, Revision
from training import rereading, sparing
from training.audiences import ensure_rules
from training.models import HandOut, Reading
from training.reach import audience
from worklist.items import NewItem, raise_for, reopen_many, withdraw_many
from worklist.models import WorkItem

WORKING_DAYS_TO_READ = 10
WHOLE, CHANGES = "revision", "revision_changes"
"""Where a reading leads. Not to "process": until its day comes that page shows what it will replace."""
BATCH = 500
STEP = 5_000
"""People of one transaction."""


def newest_approved(now: dt.datetime) -> QuerySet[Revision]:
    """The newest approved revision of every active process, or what was released in an emergency, while that holds.

    What waits until people are trained is read before it holds.
    """
    found: QuerySet[Revision] = Revision.objects.to_read(now).filter(process__state=Process.State.ACTIVE)
    return found


def hand_out_new(now: dt.datetime) -> int:
    """Revisions that were approved and not handed out yet; cost follows what changed. Returns how many readings were raised."""
    end_obsolete(now)
    new = Q(hand_out__handed_out_at__isnull=True) | Q(hand_out__ended_at__isnull=False)
    return sum(hand_out(revision, now) for revision in _batches(newest_approved(now).filter(new)))


def hand_out_all(now: dt.datetime) -> int:
    """Every process: people who joined or moved owe from now on, people who left drop out."""
    end_obsolete(now)
    return sum(hand_out(revision, now) for revision in _batches(newest_approved(now)))


def end_obsolete(now: dt.datetime) -> None:
    """Nobody owes what is no longer to be read: replaced, cancelled before its day, or of a process that is not active."""
    over = HandOut.objects.filter(ended_at__isnull=True).exclude(revision__in=newest_approved(now))
    for revision in list(over.values_list("revision", flat=True)):
        with transaction.atomic():
            held = HandOut.objects.select_for_update().filter(revision=revision, ended_at__isnull=True)
            if held.exclude(revision__in=newest_approved(now)).exists():
                _end(Reading.objects.owed().filter(revision=revision), now)
                held.update(ended_at=now)


def _batches(revisions: QuerySet[Revision]) -> Iterator[Revision]:
    """By key, so that no more than a batch is in memory and what is handed out meanwhile shifts nothing."""
    last, batch = 0, list[Revision]()
    while True:
        batch = list(revisions.filter(pk__gt=last).select_related("process", "frozen").order_by("pk")[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def hand_out(revision: Revision, now: dt.datetime) -> int:
    """Reconcile one revision's readings with its audience; safe to run twice and side by side. Returns the number raised.

    A range of people at a time, each in a transaction of its own that asks who they are: what changes meanwhile is either seen by
    it or brings its own hand-out. Memory and locks do not grow with the audience.
    """
    raised, after = 0, 0
    while True:
        with transaction.atomic():
            readers = _begin(revision, now).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
            found = list(readers[:STEP])
            last = found[-1] if len(found) == STEP else None
            raised += _reconcile(revision, found, Q(person__gt=after) if last is None else Q(person__gt=after, person__lte=last), now)
            if last is None or after == 0:
                done = None if last else now
                HandOut.objects.update_or_create(revision=revision, defaults={"handed_out_at": done, "ended_at": None})
        if last is None:
            return raised
        after = last


def hand_out_to(revision: Revision, people: Collection[int], now: dt.datetime) -> int:
    """The same for these people alone: they came, moved, left or hold another level. Returns the number raised."""
    with transaction.atomic():
        found = list(_begin(revision, now).filter(pk__in=people).order_by("pk").values_list("pk", flat=True))
        return _reconcile(revision, found, Q(person__in=people), now)


def _begin(revision: Revision, now: dt.datetime) -> QuerySet[Person]:
    """Under the lock of the revision: its audience."""
    Revision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    day = today(now)
    ensure_rules(revision.process, day)
    return audience(revision.process, day)


def _reconcile(revision: Revision, readers: Collection[int], within: Q, now: dt.datetime) -> int:
    """Of the people `within`, these owe it unless they have read it or need not; nobody else does."""
    duty = rereading.duty(revision, readers, today(now))
    here = Reading.objects.filter(within, revision=revision).order_by()
    known = dict(here.values_list("person", "ended_at"))
    _end(Reading.objects.owed().filter(within, revision__process=revision.process).exclude(revision=revision), now)
    _end(here.owed().exclude(person__in=duty.owes), now)
    _resume(revision, [person for person, ended in known.items() if ended and person in duty.owes], now)
    raised = write_down(revision, duty.owes - known.keys(), duty.again, now)
    sparing.spare(revision, duty.spared, within, now)
    return raised


def write_down(revision: Revision, people: frozenset[int], again: frozenset[int], now: dt.datetime) -> int:
    """One work item and one reading per person; whoever reads `again` is led to the changes."""
    process, due = revision.process, add_working_days(today(now), WORKING_DAYS_TO_READ)
    for place, some in ((CHANGES, people & again), (WHOLE, people - again)):
        if some:
            item = NewItem(
                WorkItem.Kind.READ, f"{process.number} {process.title}", place, [process.number, revision.ordinal], due,
                source_key=f"reading:{revision.pk}:", person_id=min(some),
            )  # fmt: skip
            raise_for(some, item, now=now)
            _read_by(revision, some)
    return len(people)


def _read_by(revision: Revision, people: Collection[int]) -> None:
    """A reading for each of their items, by one statement: the rows are not read."""
    keys = [f"reading:{revision.pk}:{person}" for person in sorted(people)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Reading._meta.db_table} (work_item_id, revision_id, person_id) "  # noqa: S608 — names are ours
            f"SELECT w.id, %s, w.person_id FROM {WorkItem._meta.db_table} w "
            f"WHERE w.source_key IN ({', '.join(['%s'] * len(keys))}) ON CONFLICT DO NOTHING",
            [revision.pk, *keys],
        )


def _resume(revision: Revision, people: list[int], now: dt.datetime) -> None:
    """People who came back into the audience owe again."""
    due = add_working_days(today(now), WORKING_DAYS_TO_READ)
    again = Reading.objects.filter(revision=revision, person__in=people)
    keys = list(again.values_list("work_item", flat=True))
    again.update(ended_at=None)
    reopen_many(keys, due_on=due, now=now)


def _end(readings: QuerySet[Reading], now: dt.datetime) -> None:
    """These readings are no longer owed."""
    keys = list(readings.values_list("work_item", flat=True))
    withdraw_many(keys, now=now)
    Reading.objects.filter(work_item__in=keys).update(ended_at=now)
