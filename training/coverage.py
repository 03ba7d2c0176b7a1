"""How far a revision has been read: owed, read, overdue; per revision and per department."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from organization.models import Appointment
from organization.scope import Scope
from processes.models import Process, Revision
from training.models import Reading


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


def of_revisions(revisions: Sequence[int], today: dt.date) -> dict[int, Coverage]:
    """Revision id → coverage, in one query."""
    rows = (
        Reading.objects.counted()
        .filter(revision__in=revisions)
        .values("revision")
        .annotate(
            owed=Count("pk"),
            read=Count("pk", filter=Q(acknowledged_at__isnull=False)),
            overdue=Count("pk", filter=Q(acknowledged_at__isnull=True, work_item__due_on__lt=today)),
        )
        .order_by()
    )
    found = {row["revision"]: Coverage(row["owed"], row["read"], row["overdue"]) for row in rows}
    return {revision: found.get(revision, Coverage(0, 0, 0)) for revision in revisions}


def of_revision(revision: Revision, today: dt.date) -> Coverage:
    """Coverage of one revision."""
    return of_revisions([revision.pk], today)[revision.pk]


@dataclass(frozen=True, slots=True)
class DepartmentReading:
    """One process as read by the people of somebody's departments."""

    process: Process
    revision: int
    coverage: Coverage


def of_departments(scope: Scope, after: str, limit: int) -> list[DepartmentReading]:
    """What the people of my departments owe and have read, by process number, `limit` rows after the number `after`."""
    processes = (
        Process.objects.visible_to(scope)
        .filter(number__gt=after, state=Process.State.ACTIVE)
        .filter(pk__in=Revision.objects.filter(_newest(), readings__person__in=people_of(scope)).values("process"))
        .order_by("number")[:limit]
    )
    found = {process.pk: process for process in processes}
    rows = (
        Reading.objects.counted()
        .filter(person__in=people_of(scope), revision__in=Revision.objects.filter(_newest(), process__in=list(found)))
        .values("revision", "revision__process")
        .annotate(
            owed=Count("pk"),
            read=Count("pk", filter=Q(acknowledged_at__isnull=False)),
            overdue=Count("pk", filter=Q(acknowledged_at__isnull=True, work_item__due_on__lt=scope.today)),
        )
        .order_by("revision__process__number")
    )
    return [
        DepartmentReading(found[row["revision__process"]], row["revision"], Coverage(row["owed"], row["read"], row["overdue"]))
        for row in rows
    ]


def people_of(scope: Scope) -> QuerySet[Appointment, dict[str, int]]:
    """Subquery of the people who hold a position in these departments today."""
    return Appointment.objects.on(scope.today).filter(position__department__in=scope.departments).values("person")


def _newest() -> Q:
    return Q(state=Revision.State.APPROVED, effective_from__isnull=False, effective_until__isnull=True)
