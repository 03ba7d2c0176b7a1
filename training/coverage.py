"""How far a revision has been read: owed, read, overdue; per revision and per department."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from organization.models import Appointment
from organization.scope import Scope
from processes.models import Process, Revision
from training.assignments import newest_approved
from training.models import Reading
from training.querysets import ReadingQuerySet


@dataclass(frozen=True, slots=True)
class Coverage:
    """People: `owed` in all, of whom `read` have acknowledged and `overdue` are late."""

    owed: int
    read: int
    overdue: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that 100 means everybody; None where nobody owes it."""
        return self.read * 100 // self.owed if self.owed else None


def of_revisions(revisions: Iterable[int], today: dt.date, among: ReadingQuerySet | None = None) -> dict[int, Coverage]:
    """Revision id → coverage of these readings (of all where none are named), in one query."""
    readings = Reading.objects.all() if among is None else among
    found = {revision: Coverage(0, 0, 0) for revision in revisions}
    rows = (
        readings.counted()
        .filter(revision__in=list(found))
        .values("revision")
        .annotate(
            owed=Count("pk"),
            read=Count("pk", filter=Q(acknowledged_at__isnull=False)),
            overdue=Count("pk", filter=Q(acknowledged_at__isnull=True, work_item__due_on__lt=today)),
        )
        .order_by()
    )
    return found | {row["revision"]: Coverage(row["owed"], row["read"], row["overdue"]) for row in rows}


def of_revision(revision: Revision, today: dt.date) -> Coverage:
    """Coverage of one revision."""
    return of_revisions([revision.pk], today)[revision.pk]


def in_departments(scope: Scope, now: dt.datetime) -> ReadingQuerySet:
    """Readings of what is to be read now, by the people who hold a position in my departments today, of what I may see."""
    people = Appointment.objects.on(scope.today).filter(position__department__in=scope.departments).values("person")
    revisions = newest_approved(now).filter(process__in=Process.objects.visible_to(scope))
    found: ReadingQuerySet = Reading.objects.filter(person__in=people, revision__in=revisions)
    return found


def of_departments(scope: Scope, now: dt.datetime, after: str, limit: int) -> list[tuple[Revision, Coverage]]:
    """What the people of my departments owe and have read, by process number, `limit` rows after the number `after`. Two queries."""
    mine = in_departments(scope, now)
    rows = (
        Revision.objects.filter(pk__in=mine.counted().values("revision"), process__number__gt=after)
        .select_related("process")
        .order_by("process__number")[:limit]
    )
    revisions = list(rows)
    found = of_revisions((revision.pk for revision in revisions), scope.today, mine)
    return [(revision, found[revision.pk]) for revision in revisions]
