"""Brings readings to the state they should be in: everybody in the audience owes the newest approved revision, nobody else does."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from django.db import transaction
from django.db.models import QuerySet

from organization.calendar import add_working_days, today
from processes.models import Process, Revision
from training import rereading, sparing
from training.audiences import ensure_rules, must_read
from training.models import HandOut, Reading
from worklist.items import NewItem, raise_items, reopen_many, withdraw_many
from worklist.models import WorkItem

WORKING_DAYS_TO_READ = 10
WHOLE, CHANGES = "revision", "revision_changes"
"""Where a reading leads. Not to "process": until its day comes that page shows what it will replace."""
BATCH = 500


def newest_approved(now: dt.datetime) -> QuerySet[Revision]:
    """The newest approved revision of every active process, or what was released in an emergency, while that holds.

    What waits until people are trained is read before it holds.
    """
    found: QuerySet[Revision] = Revision.objects.to_read(now).filter(process__state=Process.State.ACTIVE)
    return found


def hand_out_new(now: dt.datetime) -> int:
    """Revisions that were approved and not handed out yet; cost follows what changed. Returns how many readings were raised."""
    end_obsolete(now)
    return sum(hand_out(revision, now) for revision in _batches(newest_approved(now).filter(hand_out__isnull=True)))


def hand_out_all(now: dt.datetime) -> int:
    """Every process: people who joined or moved owe from now on, people who left drop out."""
    end_obsolete(now)
    return sum(hand_out(revision, now) for revision in _batches(newest_approved(now)))


def end_obsolete(now: dt.datetime) -> None:
    """Nobody owes what is no longer to be read: replaced, cancelled before its day, or of a process that is not active."""
    with transaction.atomic():
        _end(Reading.objects.owed().exclude(revision__in=newest_approved(now)), now)


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
    """Reconcile one revision's readings with its audience; safe to run twice and side by side. Returns the number raised."""
    day = today(now)
    with transaction.atomic():
        Revision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
        ensure_rules(revision.process, day)
        duty = rereading.duty(revision, must_read(revision.process, day), day)
        known = dict(Reading.objects.filter(revision=revision).values_list("person", "ended_at"))
        owed_before = Reading.objects.owed().filter(revision__process=revision.process)
        _end(owed_before.exclude(revision=revision), now)
        _end(owed_before.filter(revision=revision).exclude(person__in=duty.owes), now)
        _resume(revision, [person for person, ended in known.items() if ended and person in duty.owes], now)
        raised = _raise(revision, duty.owes - known.keys(), duty.again, now)
        sparing.spare(revision, duty.spared, now)
        HandOut.objects.update_or_create(revision=revision, defaults={"handed_out_at": now})
    return raised


def _raise(revision: Revision, people: Iterable[int], again: Collection[int], now: dt.datetime) -> int:
    """One work item and one reading per person; whoever reads `again` is led to the changes."""
    process, people = revision.process, sorted(people)
    due = add_working_days(today(now), WORKING_DAYS_TO_READ)
    drafts = [
        NewItem(
            kind=WorkItem.Kind.READ,
            subject=f"{process.number} {process.title}",
            url_name=CHANGES if person in again else WHOLE,
            url_args=[process.number, revision.ordinal],
            person_id=person,
            due_on=due,
            source_key=f"reading:{revision.pk}:{person}",
        )
        for person in people
    ]
    items = raise_items(drafts, now=now)
    readings = [Reading(work_item=item, revision=revision, person_id=person) for item, person in zip(items, people, strict=True)]
    Reading.objects.bulk_create(readings, ignore_conflicts=True, batch_size=BATCH)
    return len(readings)


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
