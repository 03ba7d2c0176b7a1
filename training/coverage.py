"""How far has been read what is to be read: owed, read, overdue; per revision, by department, and of the people of departments.

Each is asked of a moment: of now, or of the end of a past day (decision 0028).
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from organization.calendar import today
from organization.models import Appointment
from organization.scope import Scope
from processes.models import Process, Revision
from training.assignments import newest_approved
from training.models import Reading
from training.querysets import ReadingQuerySet
from training.then import readings_at, were_to_read

HELD, DEPARTMENT = "person__appointments", "person__appointments__position__department__"


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


@dataclass(frozen=True, slots=True)
class Share:
    """How far the people of one department have come; code and name are empty for those who hold no position."""

    code: str
    name: str
    coverage: Coverage


def of_revisions(revisions: Iterable[int], at: dt.datetime, among: ReadingQuerySet | None = None) -> dict[int, Coverage]:
    """Revision id → coverage of these readings (of all of that moment where none are named), in one query."""
    readings = readings_at(at) if among is None else among
    found = {revision: Coverage(0, 0, 0) for revision in revisions}
    rows = readings.filter(revision__in=list(found)).values("revision").annotate(**_counts(at, "pk")).order_by()
    return found | {row["revision"]: _coverage(row) for row in rows}


def of_revision(revision: Revision, now: dt.datetime) -> Coverage:
    """Coverage of one revision."""
    return of_revisions([revision.pk], now)[revision.pk]


def by_department(revision: Revision, at: dt.datetime, after: str, limit: int) -> list[Share]:
    """Of one revision by the departments in which people held a position that day, by code, `limit` rows after the code `after`.

    Whoever held positions in two departments counts in both. One query.
    """
    rows = _holding(readings_at(at).filter(revision=revision), today(at)).filter(**{f"{DEPARTMENT}code__gt": after})
    shares = rows.values(f"{DEPARTMENT}code", f"{DEPARTMENT}name").annotate(**_counts(at, "person")).order_by(f"{DEPARTMENT}code")
    return [Share(row[f"{DEPARTMENT}code"], row[f"{DEPARTMENT}name"], _coverage(row)) for row in shares[:limit]]


def without_department(revision: Revision, at: dt.datetime) -> Coverage:
    """Of those who hold no position any more, or not yet."""
    held = Appointment.objects.on(today(at)).filter(person=OuterRef("person"))
    return of_revisions([revision.pk], at, readings_at(at).filter(~Exists(held)))[revision.pk]


def in_departments(scope: Scope, at: dt.datetime, departments: Collection[int] | None = None) -> ReadingQuerySet:
    """Readings of what was to be read then, by those who held a position in these departments that day, of what I may see today.

    Without departments: in mine, with all below.
    """
    within = scope.departments if departments is None else departments
    people = Appointment.objects.on(today(at)).filter(position__department__in=within).values("person")
    revisions = newest_approved(at) if today(at) == scope.today else were_to_read(at)
    visible = revisions.filter(process__in=Process.objects.visible_to(scope)).values("pk")
    found: ReadingQuerySet = readings_at(at).filter(person__in=people, revision__in=visible)
    return found


def late_people(scope: Scope, now: dt.datetime, departments: Collection[int] | None, limit: int) -> list[dict[str, Any]]:
    """Who is late today in these departments (in mine without any), the latest first: `person`, `person__name`, `late`.

    It begins with what is owed, which is little, and asks of each whether it is to be read and seen.
    """
    within = scope.departments if departments is None else departments
    people = Appointment.objects.on(scope.today).filter(position__department__in=within)
    seen = newest_approved(now).filter(process__in=Process.objects.visible_to(scope), pk=OuterRef("revision"))
    owed = Reading.objects.owed().filter(Exists(seen), person__in=people.values("person"), work_item__due_on__lt=scope.today)
    counted = owed.values("person", "person__name").annotate(late=Count("pk"))
    return list(counted.order_by("-late", "person__name", "person")[:limit])


def of_departments(mine: ReadingQuerySet, at: dt.datetime, after: str, limit: int) -> list[tuple[Revision, Coverage]]:
    """What these readings owe and have read, by process number, `limit` rows after the number `after`. Two queries."""
    rows = (
        Revision.objects.filter(pk__in=mine.values("revision"), process__number__gt=after)
        .select_related("process")
        .order_by("process__number")[:limit]
    )
    revisions: Sequence[Revision] = list(rows)
    found = of_revisions((revision.pk for revision in revisions), at, mine)
    return [(revision, found[revision.pk]) for revision in revisions]


def _holding(readings: ReadingQuerySet, day: dt.date) -> ReadingQuerySet:
    """Each reading once for every appointment that its person holds on this day."""
    lasting = Q(**{f"{HELD}__ends_before__isnull": True}) | Q(**{f"{HELD}__ends_before__gt": day})
    found: ReadingQuerySet = readings.filter(lasting, **{f"{HELD}__starts_on__lte": day})
    return found


def _counts(at: dt.datetime, what: str) -> dict[str, Count]:
    """People: of several positions in one department, one."""
    read = Q(acknowledged_at__lte=at)
    late = Q(work_item__due_on__lt=today(at)) & (Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gt=at))
    many = what == "person"
    return {
        "owed": Count(what, distinct=many),
        "read": Count(what, filter=read, distinct=many),
        "overdue": Count(what, filter=late, distinct=many),
    }


def _coverage(row: dict[str, Any]) -> Coverage:
    return Coverage(row["owed"], row["read"], row["overdue"])
